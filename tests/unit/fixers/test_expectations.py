"""Tests that compare with what was recorded: named and held, and recorded anew only where a person asked for that."""

from collections.abc import Mapping

import pytest

from benchmarks.fixbench import FolderBench, Toolchain
from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.fixers.driver import repair
from orchestrator.fixers.sources.expectations.rule import RULE
from orchestrator.fixers.table import sources
from orchestrator.fixers.trial import Repaired

pytestmark = pytest.mark.anyio
WORD = "expectations"
RECORDED = "tests/__snapshots__/test_greeting.ambr"
DIFFERS = "AssertionError: assert [+ received] == [- snapshot]"
RUNNER = """import pathlib
import sys

sys.path[:0] = [".", "tests"]
import test_greeting

RECORDED = pathlib.Path("tests/__snapshots__/test_greeting.ambr")


class Snapshot:
    def __eq__(self, told):
        if "--snapshot-update" in sys.argv:
            RECORDED.write_text(told + "\\n")
            pathlib.Path("tests/__snapshots__/test_new.ambr").write_text("new")
            pathlib.Path("greeting.py").write_text("bent")
        return RECORDED.read_text() == told + "\\n"


test_greeting.test_greet(Snapshot())
"""
"""Behaves as pytest with syrupy does, and writes what it has no business to write."""
FILES = {
    "pyproject.toml": '[dependency-groups]\ntest = ["syrupy"]\n',
    "pytest.py": RUNNER,
    "greeting.py": 'def greet():\n    return "Good day"\n',
    "tests/test_greeting.py": (
        "from greeting import greet\n\n\ndef test_greet(snapshot):\n"
        '    assert greet() == snapshot, "assert [+ received] == [- snapshot]"\n'
    ),
    "tests/__snapshots__/test_a.ambr": "Other\n",
    RECORDED: "Good morning\n",
}
PYTEST = Toolchain(
    needs=("python3",), stages=[("python3", "-B", "-m", "pytest")], parser="python", run=("python3", "-m", "pytest")
)


def diagnosis(*accept: str, files: Mapping[str, str] = FILES, message: str = DIFFERS) -> Diagnosis:
    finding = Finding(
        tool="pytest", message=message, file="tests/test_greeting.py", line=2, test="test_greet", fingerprint="f"
    )
    return Diagnosis(texts=files, findings=[finding], accept=frozenset(accept))


async def mended(*accept: str) -> tuple[FolderBench, Repaired]:
    bench = FolderBench(FILES, PYTEST, frozenset(accept))
    return bench, await repair(bench, sources(bench), accept=frozenset(accept))


async def test_what_a_test_expects_is_named_and_held() -> None:
    _, held = await mended()
    assert (held.changes, held.trials) == ({}, ())
    (refused,) = held.refused
    assert refused.suggestion.files == {RECORDED}
    assert refused.suggestion.message == "record anew what the test expects, if what it sees now is meant"
    assert refused.reason == "held for a person; --accept expectations allows it"


async def test_what_a_test_expects_is_recorded_anew_once_a_person_asks_and_nothing_else_is_written() -> None:
    bench, given = await mended(WORD)
    assert given.changes == {RECORDED: "Good day\n"}
    assert [one.source for one in given.applied] == ["syrupy"]
    assert given.progress.is_done
    assert bench.output(given.changes) == ""


def test_without_the_word_nothing_is_run() -> None:
    assert RULE.probes(diagnosis()) == ()
    assert RULE.probes(diagnosis("dependencies")) == ()
    assert len(RULE.probes(diagnosis(WORD))) == 1


def test_another_word_is_not_enough_for_an_edit() -> None:
    (held,) = RULE.propose(diagnosis("dependencies"))
    assert [(edit.file, edit.start, edit.end, edit.text) for edit in held.edits] == [(RECORDED, 0, 0, "")]


@pytest.mark.parametrize(
    "message",
    [
        "expect(received).toMatchSnapshot()",
        "Snapshot `greets 1` mismatched",
        "snapshot assertion for 'greet' failed in line 3",
        DIFFERS,
    ],
)
def test_every_known_runner_is_understood(message: str) -> None:
    assert len([*RULE.propose(diagnosis(message=message))]) == 1


def test_a_test_that_fails_otherwise_or_of_a_project_that_records_nothing_is_no_matter_of_expectations() -> None:
    assert [*RULE.propose(diagnosis(message="AssertionError: assert 1 == 2"))] == []
    bare = {name: text for name, text in FILES.items() if not name.endswith(".ambr")}
    assert [*RULE.propose(diagnosis(files=bare))] == []
