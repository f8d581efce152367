"""How many recorded faults the search repairs, how many of its patches are right, and how often it says so rightly.

Run: ``python -m benchmarks.search --data DIR`` (or ``RUNG_DATA``); ``--set NAME`` for one table, ``--sample N`` for N
programs of each, always the same ones.
DIR holds ``quixbugs-repair`` (jkoppel/QuixBugs at 4257f44b0ff1, MIT), ``humanevalfix`` (bigcode-project/octopack at
e17a8f647026, MIT), ``humaneval-replay`` and ``mbpp-replay`` (FloridSleeves/LLMDebugger at 49ac191f181d, Apache-2.0;
first answers of models and which hidden tests they fail), each as ``dev.*.jsonl.gz``.

A patch is "right" where nothing differs from the reference on generated inputs (400 for QuixBugs, 200 for HumanEvalFix,
another seed than the search's own): evidence, not proof. Near misses are scored by their hidden tests. All code of the
data runs in the full sandbox, without a network. What is measured on 40 % of each set here is decided on the rest.
"""

import argparse
import gzip
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from orchestrator.app.clock import SystemClock
from orchestrator.domain.sandbox import Bind, Limits, SandboxPolicy
from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search import Budget, Claim, SearchResult, SearchTarget, search
from orchestrator.fixers.search.answer import search_answer
from orchestrator.fixers.search.ground import Spot
from orchestrator.fixers.search.languages import LANGUAGES
from orchestrator.fixers.search.order import Candidate
from orchestrator.sandbox import SandboxRunner

PROGRAM, TESTS = "solution.py", "test_solution.py"
SCRIPT, SCRIPT_TESTS = "solution.js", "test_solution.js"
OTHER_SEED = 7919
_SEED = 20
NODE = """class Node:
    def __init__(self, value=None, successor=None, successors=(), incoming_nodes=(), outgoing_nodes=()):
        self.value = value
        self.successor = successor
        self.successors = list(successors)
        self.incoming_nodes = list(incoming_nodes)
        self.outgoing_nodes = list(outgoing_nodes)
"""
"""The interface that QuixBugs' tests of graphs and lists are written for."""
LOADER = """import json, os
def load_json_testcases(name):
    with open(os.path.join(os.path.dirname(__file__), name + ".json")) as stream:
        return json.load(stream)
"""


_DECLARED = re.compile(r"^(?:const|let|var|(?:async )?function\*?)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program with a fault.

    Attributes:
        files: name -> text, all that is written.
        program: the file that may be changed.
        reference: its right text; ``""`` where hidden tests decide.
        hidden: text of the hidden tests; ``""`` where the reference decides.
        inputs: on how many inputs a patch is compared with the reference.
        is_answer: whether the program is a model's answer, with whatever stands around it.
        language: of all of it.
    """

    name: str
    files: Mapping[str, str]
    program: str
    tests: str
    reference: str = ""
    hidden: str = ""
    inputs: int = 200
    is_answer: bool = False
    language: str = "python"


@dataclass(frozen=True, kw_only=True)
class Score:
    """What came of a case."""

    case: Case
    result: SearchResult
    is_right: bool = False


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a compressed file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def quixbugs(data: Path) -> list[Case]:
    """QuixBugs, Python."""
    found = []
    for row in rows(data / "quixbugs-repair" / "dev.tasks.jsonl.gz"):
        if row["language"] != "python":
            continue
        name = row["program"]
        files = {
            f"python_programs/{name}.py": row["buggy"],
            "test_program.py": row["test"],
            "conftest.py": "import pytest\npytest.use_correct = False\npytest.run_slow = False\n",
            "node.py": NODE,
            "load_testdata.py": LOADER,
        }
        if given := row.get("json_cases"):
            files[f"{name}.json"] = given if isinstance(given, str) else json.dumps(given)
        program = f"python_programs/{name}.py"
        case = Case(
            name=name, files=files, program=program, tests="test_program.py", reference=row["fixed"], inputs=400
        )
        found.append(case)
    return found


def humanevalfix(data: Path, *, tests: str = "test") -> list[Case]:
    """HumanEvalFix, Python, with all tests or with the short example tests only."""
    found = []
    for row in rows(data / "humanevalfix" / "dev.tasks.jsonl.gz"):
        if row["language"] == "python":
            files = {PROGRAM: row["buggy"], TESTS: f"from solution import *\n{row[tests]}"}
            found.append(
                Case(name=row["task_id"], files=files, program=PROGRAM, tests=TESTS, reference=row["canonical"])
            )
    return found


def humanevalfix_javascript(data: Path, *, tests: str = "test") -> list[Case]:
    """HumanEvalFix, JavaScript: its tests use ``console.assert``, which is made to raise."""
    found = []
    for row in rows(data / "humanevalfix" / "dev.tasks.jsonl.gz"):
        if row["language"] != "js":
            continue
        names = ", ".join(dict.fromkeys(_DECLARED.findall(row["buggy"])))
        programs = [f"{row[key]}\nmodule.exports = {{ {names} }};\n" for key in ("buggy", "canonical")]
        head = f"const {{ {names} }} = require('./{SCRIPT}');\nconsole.assert = require('node:assert').ok;\n"
        found.append(
            Case(
                name=row["task_id"],
                files={SCRIPT: programs[0], SCRIPT_TESTS: head + row[tests]},
                program=SCRIPT,
                tests=SCRIPT_TESTS,
                reference=programs[1],
                language="javascript",
            )
        )
    return found


def near_misses(data: Path, *, folder: str, model: str) -> list[Case]:
    """Distinct answers of a model that fail a visible test."""
    tasks = {row["task_id"]: row for row in rows(data / folder / "dev.tasks.jsonl.gz")}
    found: dict[tuple[str, str], Case] = {}
    for row in rows(data / folder / "dev.gens.jsonl.gz"):
        task = tasks.get(row["task_id"])
        failed = row["public_passed"] is not None and row["public_passed"] < row["public_total"]
        if task is None or model.lower() not in row["model"].lower() or not failed or row["strategy"] == "ldb-repair":
            continue
        head = f"from solution import *\ncandidate = {task['entry_point']}\n"
        files = {PROGRAM: row["code"], TESTS: head + "\n".join(task["public_tests"])}
        hidden = head + task["test"]
        case = Case(name=row["task_id"], files=files, program=PROGRAM, tests=TESTS, hidden=hidden, is_answer=True)
        found.setdefault((row["task_id"], row["code"]), case)
    return list(found.values())


SETS: Mapping[str, Callable[[Path], list[Case]]] = {
    "quixbugs": quixbugs,
    "humanevalfix": humanevalfix,
    "humanevalfix, examples": partial(humanevalfix, tests="example_test"),
    "humanevalfix, javascript": humanevalfix_javascript,
    "humanevalfix, javascript, examples": partial(humanevalfix_javascript, tests="example_test"),
    "humaneval gpt-3.5": partial(near_misses, folder="humaneval-replay", model="gpt-3.5"),
    "humaneval CodeLlama-34b": partial(near_misses, folder="humaneval-replay", model="CodeLlama-34b"),
    "mbpp gpt-3.5": partial(near_misses, folder="mbpp-replay", model="gpt-3.5"),
    "mbpp CodeLlama-34b": partial(near_misses, folder="mbpp-replay", model="CodeLlama-34b"),
}


@dataclass(frozen=True)
class Bench:
    """Runs cases, each in a folder of its own below ``base``."""

    base: Path
    budget: Budget

    @property
    def runner(self) -> SandboxRunner:
        """The full sandbox: no network, nothing of the host but the system and this interpreter."""
        node = shutil.which("node")
        prefixes = {sys.prefix, sys.base_prefix, *([str(Path(node).resolve().parents[1])] if node else [])}
        readonly = tuple(Bind(path) for path in sorted(prefixes) if not path.startswith("/usr"))
        limits = Limits(memory_mb=4096, processes=64, cpu_seconds=120, file_mb=16)
        return SandboxRunner(SandboxPolicy(tree=str(self.base), mount=str(self.base), readonly=readonly, limits=limits))

    def target(self, case: Case) -> SearchTarget:
        """The case, written to disk."""
        folder = self.base / str(abs(hash((case.name, case.files[case.program]))))
        for name, text in case.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return SearchTarget(
            root=str(folder),
            texts={case.program: case.files[case.program]},
            tests=(case.tests,),
            python=(sys.executable,),
            env={"PATH": os.environ["PATH"]},
            language=case.language,
            beside={case.tests: case.files[case.tests]},
        )

    async def run(self, case: Case) -> Score:
        """Search, then look whether what was found is right."""
        target = self.target(case)
        runner = self.runner
        look = search_answer if case.is_answer else search
        result = await look(target, runner, clock=SystemClock(), budget=self.budget)
        if result.chosen is None:
            return Score(case=case, result=result)
        check = self._by_tests if case.hidden else self._by_reference
        is_right = await check(case, target, text=result.chosen.texts[case.program])
        return Score(case=case, result=result, is_right=is_right)

    async def _by_tests(self, case: Case, target: SearchTarget, *, text: str) -> bool:
        (Path(target.root) / "test_hidden.py").write_text(case.hidden, encoding="utf-8")
        patched = replace(target, texts={case.program: text}, tests=("test_hidden.py",))
        worker = LANGUAGES[case.language].workman(patched, self.runner, budget=self.budget)
        seen = await worker.observe([])
        return bool(seen.tests) and not seen.why and all(test.is_ok for test in seen.tests)

    async def _by_reference(self, case: Case, target: SearchTarget, *, text: str) -> bool:
        """Whether both behave alike, put in place of the original's functions."""
        language = LANGUAGES[case.language]
        targets = language.spots(target)
        texts = {case.program: case.files[case.program]}
        pair = [
            exchanged(targets, texts, by=language.spots(replace(target, texts={case.program: other})), text=other)
            for other in (text, case.reference)
        ]
        budget = replace(self.budget, inputs=case.inputs, seed=OTHER_SEED)
        worker = language.workman(target, self.runner, budget=budget)
        seen = await worker.observe(targets)
        groups: list[Any] = []

        def take(answer: Mapping[str, Any]) -> None:
            if answer["kind"] == "groups":
                groups.extend(answer["groups"])

        await worker.attempt(targets, pair, seen=seen, compared=(0, 1), take=take)
        return len(groups) == 1


def exchanged(targets: Sequence[Spot], texts: Mapping[str, str], *, by: Sequence[Spot], text: str) -> Candidate:
    """Every function of ``texts`` as ``by``, the functions of ``text``, have it."""
    by_name = {one.name: one for one in by}
    parts = []
    for number, target in enumerate(targets):
        new = by_name.get(target.name)
        if new is not None:
            end = "\n" if texts[target.file][: target.span[1]].endswith("\n") else ""
            body = text[slice(*new.span)].rstrip("\n") + end
            parts.append((number, (Edit(target.file, *target.span, body),)))
    return Candidate(1.0, tuple(parts), "", (targets[0].file, 1))


def share(part: float, whole: float) -> str:
    """A percentage with what it is a share of."""
    return f"{part / whole:6.1%} ({part:g}/{whole:g})" if whole else "     - (0/0)"


def report(name: str, scores: Sequence[Score]) -> None:
    """The table of one set."""
    found = [score for score in scores if score.result.chosen]
    by_claim = {claim: [score for score in found if score.result.claim is claim] for claim in Claim}
    tried = sum(score.result.tried for score in scores)
    seconds = sum(score.result.processor_seconds for score in scores)
    firsts = [score.result.first_seconds for score in found if score.result.first_seconds is not None]
    print(f"\n{name}: {len(scores)} programs")
    print(f"  plausible           {share(len(found), len(scores))}")
    print(f"  right               {share(sum(score.is_right for score in found), len(scores))}")
    print(f"  wrong               {share(sum(not score.is_right for score in found), len(scores))}")
    for claim, part in by_claim.items():
        print(f"  right of {claim:11}{share(sum(score.is_right for score in part), len(part))}")
    if firsts:
        print(f"  first patch after   {statistics.median(firsts):.2f} s (median), {max(firsts):.2f} s (longest)")
    if seconds:
        print(f"  candidates          {tried} in {seconds:.1f} s of processor time: {tried / seconds:.0f} a second")
    by_tests(found)


def by_tests(found: Sequence[Score]) -> None:
    """Right ones by the number of tests on the changed line, ambiguous ones left out."""
    clear = [score for score in found if score.result.claim is not Claim.AMBIGUOUS]
    for low, high in ((0, 2), (3, 3), (4, 999)):
        part = [score for score in clear if score.result.chosen and low <= score.result.chosen.tests <= high]
        if part:
            name = f"{low} to {high} tests" if high < 999 else f"{low} tests or more"
            print(f"  one behaviour, {name:16}{share(sum(score.is_right for score in part), len(part))}")


async def measure(cases: Sequence[Case], *, budget: Budget, is_loud: bool = False) -> list[Score]:
    """All cases, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), budget)
        found = []
        for case in cases:
            score = await bench.run(case)
            found.append(score)
            if is_loud:
                print(line_of(score), flush=True)
        return found


def line_of(score: Score) -> str:
    """One line for one case."""
    result = score.result
    chosen = result.chosen
    what = f"{chosen.operator} #{chosen.rank} {[edit.text for edit in chosen.edits]}" if chosen else result.why
    verdict = "right" if score.is_right else "WRONG" if chosen else "none"
    found = f"{len(result.plausible):3} of {result.tried:5}"
    return f"{score.case.name:28} {verdict:6} {result.claim or '':11} {found}  {what}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; 2 where there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("RUNG_DATA", ""), help="folder of recorded data")
    parser.add_argument("--set", action="append", choices=SETS, help="only this table (may be repeated)")
    parser.add_argument("--sample", type=int, default=0, help="only so many programs of each set, chosen by a seed")
    parser.add_argument("--candidates", type=int, default=Budget().candidates)
    parser.add_argument("--seconds", type=float, default=Budget().seconds)
    parser.add_argument("--each", action="store_true", help="a line for each program")
    options = parser.parse_args(argv)
    data = Path(options.data or "absent")
    if not (data / "humanevalfix").is_dir():
        print("search: no recorded programs here (--data DIR or RUNG_DATA; see the head of this file)", file=sys.stderr)
        return 2
    budget = Budget(candidates=options.candidates, seconds=options.seconds, longest=30 * options.seconds)
    for name in options.set or SETS:
        cases = SETS[name](data)
        if 0 < options.sample < len(cases):
            cases = random.Random(_SEED).sample(cases, options.sample)
        scores = anyio.run(partial(measure, cases, budget=budget, is_loud=options.each))
        report(name, scores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
