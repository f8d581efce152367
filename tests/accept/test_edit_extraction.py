"""Recorded chat answers taken into files by the rule for one target: how many are applied, and that the code is right.

An answer that its source judged as passing must be applied at least as often as it was when this was written. What is
refused are answers with two versions of the same function, bodies without their head, and blocks that do not parse
(one of C++ "passed" because its source had cut the broken half off). Nothing recorded is executed.
"""

import ast
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.errors import EditError
from orchestrator.workspace.edits import PathPolicy, changes_from_reply

pytestmark = pytest.mark.accept


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer: to what set it belongs, the file that it is for, and the code that passed."""

    group: str
    path: str
    stub: str
    text: str
    passed: bool
    name: str
    code: str


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def interview_answers(data: Path) -> Iterator[Answer]:
    folder = data / "can-ai-code-replay"
    signatures = {row["task_id"]: row["signature"] for row in rows(folder / "dev.tasks.jsonl.gz")}
    for row in rows(folder / "dev.gens.jsonl.gz"):
        head = signatures[row["task_id"]]
        is_python = row["task_id"].endswith("/python")
        stub = f"def {head}:\n    raise NotImplementedError\n" if is_python else f"function {head} {{\n}}\n"
        group, path = ("interview python", "solution.py") if is_python else ("interview javascript", "solution.js")
        yield Answer(group, path, stub, row["answer"], row["status"] == "PASS", head.partition("(")[0], row["code"])


def translated_answers(data: Path) -> Iterator[Answer]:
    folder = data / "multipl-e-replay"
    tasks = {row["task_id"]: row for row in rows(folder / "dev.tasks.jsonl.gz")}
    for row in rows(folder / "dev.gens.jsonl.gz"):
        task = tasks[row["task_id"]]
        language = task["language"]
        stub = task["prompt"].rstrip("\n") + ("\n    }\n}\n" if language == "java" else "\n}\n")
        if row["raw"]:
            yield Answer(f"translated {language}", f"x.{language}", stub, row["raw"], row["hidden"] == "pass", "", "")


def python_answers(data: Path) -> Iterator[Answer]:
    """Code that was cut out of its answer already: put into a fence again, to be spliced into the task's stub."""
    folder = data / "humaneval-replay"
    tasks = {row["task_id"]: row for row in rows(folder / "dev.tasks.jsonl.gz")}
    for row in rows(folder / "dev.gens.jsonl.gz"):
        task = tasks[row["task_id"]]
        text = "```python\n" + row["code"].rstrip("\n") + "\n```\n"
        stub = task["prompt"].rstrip("\n") + "\n    pass\n"
        yield Answer("functions python", "x.py", stub, text, row["hidden"] == "pass", task["entry_point"], row["code"])


def answers(data: Path) -> Iterator[Answer]:
    yield from interview_answers(data)
    yield from translated_answers(data)
    yield from python_answers(data)


def applied(answer: Answer, before: str | None) -> str | None:
    """The file with the answer in it; ``None`` where the answer was refused."""
    read = {answer.path: before}.get
    try:
        changes = changes_from_reply(answer.text, targets=[answer.path], read=read, policy=PathPolicy())
    except EditError:
        return None
    return changes[0].after if changes else before


def function(code: str, name: str) -> str:
    """The last function called ``name`` in ``code``, as a tree; it must be there."""
    found = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return ast.dump(found[-1])


BARS = {
    ("interview python", "stub"): 272 / 284,
    ("interview python", "new"): 270 / 284,
    ("interview javascript", "stub"): 180 / 189,
    ("interview javascript", "new"): 180 / 189,
    ("functions python", "stub"): 1.0,
    ("functions python", "new"): 1.0,
    ("translated cpp", "stub"): 116 / 145,
    ("translated java", "stub"): 120 / 155,
    ("translated js", "stub"): 145 / 169,
    ("translated sh", "stub"): 54 / 78,
    ("translated ts", "stub"): 138 / 173,
}
"""Share of the passing answers that were applied, onto a stub of the function or as a new file, when first measured."""


@pytest.mark.timeout(600)
def test_passing_answers_are_applied_as_often_as_measured(recorded_data: Path) -> None:
    seen: dict[tuple[str, str], list[bool]] = {key: [] for key in BARS}
    for answer in answers(recorded_data):
        for kind, before in (("stub", answer.stub), ("new", None)):
            if answer.passed and (answer.group, kind) in BARS:
                seen[answer.group, kind].append(applied(answer, before) is not None)
    shares = {key: sum(results) / len(results) for key, results in seen.items()}
    for (group, kind), share in sorted(shares.items()):
        print(f"{group:22} {kind:5} {share:.4f} of {len(seen[group, kind])}")  # noqa: T201 - the figures are the point
    assert {key: share for key, share in shares.items() if share < BARS[key]} == {}


@pytest.mark.timeout(600)
def test_what_is_applied_of_passing_python_is_the_code_that_passed(recorded_data: Path) -> None:
    count = 0
    for answer in (*interview_answers(recorded_data), *python_answers(recorded_data)):
        after = applied(answer, answer.stub) if answer.passed and answer.path.endswith(".py") else None
        if after is not None:
            compile(after, answer.path, "exec", dont_inherit=True)
            assert function(after, answer.name) == function(answer.code, answer.name)
            count += 1
    assert count > 2_000
