"""Recorded answers judged as projects: Rung's verdict is the recorded one, and nothing that failed ever passes.

A fixed sample of each set where the data is there, all of it in accept. TypeScript needs its compiler: ``tsc`` on the
PATH, or the folder of the package ``typescript`` in RUNG_TYPESCRIPT.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from benchmarks.replay.agreement import Outcome, compared
from benchmarks.replay.judging import open_judge
from benchmarks.replay.recordings import SETS, Answer, answers, sample
from benchmarks.replay.trial import try_all
from orchestrator.errors import SandboxUnavailableError

DATA = os.environ.get("RUNG_DATA", "")
COMPILER = os.environ.get("RUNG_TYPESCRIPT", "")
SAMPLE = 50
JOBS = 2
VERDICTS = 0.99
CLASSES = 0.95
ENOUGH = {"sh": 0.98}
"""Language -> share of verdicts that agree, where it is not :data:`VERDICTS`: scripts use tools that differ."""

LANGUAGES = ["multipl-e-replay:cpp", "multipl-e-replay:java", "multipl-e-replay:js", "multipl-e-replay:sh",
             "multipl-e-replay:ts", *(f"{name}:python" for name in SETS if name != "multipl-e-replay")]  # fmt: skip
pytestmark = pytest.mark.parametrize("chosen", LANGUAGES)


def judged(given: Sequence[Answer], language: str) -> list[Outcome]:
    """Both verdicts on each of ``given``."""
    found: list[Outcome] = []

    async def judge_all() -> str:
        async with open_judge(COMPILER) as judge:
            lacking = judge.lacks(language)
            if not lacking:
                await try_all(judge, given, jobs=JOBS, done=found.append)
            return lacking

    try:
        lacking = anyio.run(judge_all)
    except SandboxUnavailableError as error:
        pytest.skip(f"no sandbox here: {error}")
    if lacking:
        pytest.skip(f"no {lacking} here")
    return found


def check(given: Sequence[Answer], language: str) -> None:
    found = judged(given, language)
    assert len(found) == len(given) > 0
    assert not [one for one in found if one.is_false_pass and not one.is_apart]
    figures = compared(found)
    differing = [one for one in found if one.differs]
    assert figures["verdict"].rate >= ENOUGH.get(language, VERDICTS), differing
    assert figures["class"].rate >= CLASSES, differing
    assert figures["k of n"].rate >= VERDICTS, differing


@pytest.mark.skipif(not DATA, reason="no recorded data here (RUNG_DATA)")
@pytest.mark.timeout(900)
def test_a_sample_of_recorded_answers_is_judged_as_recorded(chosen: str) -> None:
    name, language = chosen.split(":")
    given = [one for one in sample(answers(Path(DATA), name), SAMPLE) if one.language == language]
    check(given, language)


@pytest.mark.accept
@pytest.mark.timeout(4 * 3600)
def test_all_recorded_answers_are_judged_as_recorded(chosen: str, recorded_data: Path) -> None:
    name, language = chosen.split(":")
    check([one for one in answers(recorded_data, name) if one.language == language], language)
