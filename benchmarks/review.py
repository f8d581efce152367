"""What a reviewer holds back, rightly and wrongly, of recorded answers that the visible tests had passed.

Run: ``python -m benchmarks.review --data DIR [--sample N]`` (or ``RUNG_DATA``): scripted reviewers, in virtual time.
``--client MODULE:FUNCTION --model NAME`` measures a real one: the function takes nothing and returns a model client.
DIR holds ``humaneval-replay/dev.*.jsonl.gz`` and ``mbpp-replay/dev.*.jsonl.gz``, made from FloridSleeves/LLMDebugger at
49ac191f181d (Apache-2.0) and, the first, from further sets that its README names.
Hidden tests that were run when the data was made say which answers are right; nothing recorded is executed here.

A scripted reviewer has no opinion of its own. The oracle shows what a reviewer could be worth at most, the coin and
the liar what a bad one costs, the silent and the garbled one that nothing is lost but time.
"""

import argparse
import difflib
import gzip
import hashlib
import importlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio

from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.ports import ModelClient
from orchestrator.testing.virtual import run_virtual
from orchestrator.validation.review import Asked, Question, Review, Reviewer, ReviewPolicy, decided

SETS = ("humaneval-replay", "mbpp-replay")
THRESHOLDS = (0.1, 0.3, 0.5, 0.7)
FILE = "solution.py"
PASSED = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0)
FAILED = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE)
RUBRIC = Path(__file__).parents[1] / "validators" / "review" / "python.md"


@dataclass(frozen=True)
class Candidate:
    """A recorded answer that passed the visible tests, and whether it passed the hidden ones."""

    prompt: str
    code: str
    is_right: bool

    @property
    def key(self) -> str:
        """Tells it apart; also the marker of its question, so that a scripted reviewer knows what it looks at."""
        return hashlib.sha256(f"{self.prompt}\n{self.code}".encode()).hexdigest()[:16]

    def question(self) -> Question:
        """What the reviewer is shown."""
        lines = self.code.splitlines()
        diff = difflib.unified_diff(self.prompt.splitlines(), lines, f"a/{FILE}", f"b/{FILE}", lineterm="")
        return Question(
            task=self.prompt,
            verdict=PASSED,
            diff="\n".join(diff),
            files={FILE: len(lines)},
            marker=self.key,
            rubric=RUBRIC.read_text(encoding="utf-8"),
        )


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The objects of a compressed file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def candidates(data: Path) -> Iterator[Candidate]:
    """Every recorded answer that passed all visible tests."""
    for name in SETS:
        tasks = {row["task_id"]: row["prompt"] for row in rows(data / name / "dev.tasks.jsonl.gz")}
        for row in rows(data / name / "dev.gens.jsonl.gz"):
            if row["public_total"] and row["public_passed"] == row["public_total"]:
                yield Candidate(tasks[row["task_id"]], row["code"], row["hidden"] == "pass")


def sampled(data: Path, count: int) -> list[Candidate]:
    """At most ``count`` right and ``count`` wrong ones, each text once, the same every time."""
    distinct = {candidate.key: candidate for candidate in candidates(data)}
    ordered = [distinct[key] for key in sorted(distinct)]
    return [c for wanted in (True, False) for c in [c for c in ordered if c.is_right is wanted][:count]]


Says = Callable[[bool, random.Random], str | None]
"""What a scripted reviewer answers about a right or a wrong candidate; ``None`` is silence."""


def answer(*, holds: bool, confidence: float, file: str = FILE) -> str:
    """A review in the shape that is asked for."""
    finding = {"file": file, "line": 1, "severity": "error", "message": "It does not do what was asked."}
    decision = "hold" if holds else "approve"
    return json.dumps({"decision": decision, "confidence": confidence, "findings": [finding] if holds else []})


def lie(is_right: bool, dice: random.Random) -> str:  # noqa: FBT001 - the shape of every row of the table
    """The opposite of what is so, one time in two with a confidence or a file that cannot be."""
    confidence = dice.choice([0.95, 0.95, 7.0, 0.95])
    return answer(holds=is_right, confidence=confidence, file=dice.choice([FILE, FILE, FILE, "invented.py"]))


REVIEWERS: Mapping[str, Says] = {
    "oracle": lambda is_right, dice: answer(holds=not is_right, confidence=dice.uniform(0.5, 1)),
    "coin": lambda _is_right, dice: answer(holds=dice.random() < 0.5, confidence=dice.uniform(0, 1)),
    "liar": lie,
    "yes-man": lambda _is_right, _dice: answer(holds=False, confidence=1.0),
    "silent": lambda _is_right, _dice: None,
    "garbled": lambda _is_right, dice: dice.choice(["Looks good to me!", "{", answer(holds=False, confidence=1) * 2]),
}


class Scripted:
    """Implements the port of model clients for one row of :data:`REVIEWERS`."""

    def __init__(self, says: Says, truth: Mapping[str, bool]) -> None:
        self._says = says
        self._truth = truth

    async def complete(self, prompt: Prompt) -> Reply:
        marker = prompt.user.split(" ", 1)[0]
        text = self._says(self._truth[marker], random.Random(marker))
        await anyio.sleep(0 if text is not None else 3_600)
        return Reply(text=text or "", model=prompt.model)


Judged = Sequence[tuple[Candidate, Asked[Review]]]


async def judged(models: ModelClient, model: str, *, shown: Sequence[Candidate]) -> Judged:
    """Every candidate with what came of asking about it, one after the other."""
    reviewer = Reviewer(models, model=model)
    return [(candidate, await reviewer.review(candidate.question())) for candidate in shown]


def held(results: Judged, min_score: float, *, is_right: bool) -> float:
    """The share of the right, or of the wrong, ones that is held back."""
    policy = ReviewPolicy(min_score=min_score)
    verdicts = [decided(PASSED, asked, policy=policy) for candidate, asked in results if candidate.is_right is is_right]
    return sum(verdict.status is not VerdictStatus.PASSED for verdict in verdicts) / len(verdicts)


def waved_through(results: Judged) -> int:
    """How many would pass although the commands failed: none, whatever the reviewer says."""
    policy = ReviewPolicy()
    verdicts = [decided(FAILED, asked, policy=policy) for _, asked in results]
    return sum(verdict.status is VerdictStatus.PASSED for verdict in verdicts)


def print_head() -> None:
    """The head of the table."""
    columns = "".join(f"{f'< {threshold:g}':>14}" for threshold in THRESHOLDS)
    print(f"{'held back: wrong / right':24}{columns}{'no review':>12}{'calls':>8}{'waved through':>15}")


def print_row(name: str, results: Judged) -> None:
    """One reviewer: shares held back by threshold of the score, and what it took."""
    pairs = [(held(results, t, is_right=False), held(results, t, is_right=True)) for t in THRESHOLDS]
    columns = "".join(f"{f'{wrong:.3f} / {right:.3f}':>14}" for wrong, right in pairs)
    unusable = sum(asked.answer is None for _, asked in results) / len(results)
    calls = sum(asked.calls for _, asked in results) / len(results)
    print(f"{name:24}{columns}{unusable:>12.3f}{calls:>8.2f}{waved_through(results):>15}")


def print_scripted(shown: Sequence[Candidate]) -> None:
    """The rows of all scripted reviewers."""
    truth = {candidate.key: candidate.is_right for candidate in shown}
    for name, says in REVIEWERS.items():
        print_row(name, run_virtual(partial(judged, Scripted(says, truth), "scripted", shown=shown)))


def print_real(path: str, model: str, *, shown: Sequence[Candidate]) -> None:
    """The row of a real reviewer."""
    module, _, function = path.partition(":")
    models: ModelClient = getattr(importlib.import_module(module), function)()
    print_row(model, anyio.run(partial(judged, models, model, shown=shown)))


def main() -> int:
    """Print the table; 2 where there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("RUNG_DATA", ""), help="folder of recorded data")
    parser.add_argument("--sample", type=int, default=200, help="right ones, and as many wrong ones")
    parser.add_argument("--client", default="", help="MODULE:FUNCTION that returns a model client")
    parser.add_argument("--model", default="reviewer", help="the model that it is asked for")
    options = parser.parse_args()
    data = Path(options.data or "absent")
    if not all((data / name).is_dir() for name in SETS):
        print("review: no recorded answers here (--data DIR or RUNG_DATA; see the head of this file)", file=sys.stderr)
        return 2
    shown = sampled(data, options.sample)
    rights = sum(candidate.is_right for candidate in shown)
    print(f"{rights} right and {len(shown) - rights} wrong answers that passed the visible tests\n")
    print_head()
    if options.client:
        print_real(options.client, options.model, shown=shown)
    else:
        print_scripted(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
