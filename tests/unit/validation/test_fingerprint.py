"""Fingerprints stay where lines move and numbers change, and differ where the fault does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.finding import Finding, Severity
from orchestrator.validation.fingerprint import fingerprint, fingerprinted, normalised
from orchestrator.validation.parsers.table import PARSERS
from tests.unit.validation.recorded import recorded

ONE = Finding(tool="gcc", message="'x' undeclared", code="-Wx", file="a.c", line=3, column=4)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("expected 5 but was 17.5", "expected <n> but was <n>"),
        ("took 12.5ms, then 3 seconds", "took <amount>, then <amount>"),
        ("<Foo object at 0x7f8a12>", "<Foo object at <address>>"),
        ("java.lang.Object@1b6d3586", "java.lang.Object@<address>"),
        ("cannot open /tmp/pytest-of-me/x.py: gone", "cannot open <temporary>: gone"),
        ("at 2024-05-06T07:08:09.123Z and 07:08:09", "at <time> and <time>"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id <id>"),
        ("commit 3f786850e387550fdab836ed7e6dc881de23001b", "commit <id>"),
        ("x1 and u32 and Vec3d stay", "x1 and u32 and Vec3d stay"),
        ("  white \t space ", "white space"),
        ("argument 2 of 'f(int, 3)'", "argument <n> of 'f(int, <n>)'"),
    ],
)
def test_what_varies_between_runs_is_taken_out_of_a_message(message: str, expected: str) -> None:
    assert normalised(message) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(message: str) -> None:
    once = normalised(message)
    assert normalised(once) == once


@pytest.mark.parametrize(
    "change",
    [{"line": 30}, {"column": 9}, {"severity": Severity.WARNING}, {"detail": "more"}, {"fingerprint": "x"}],
)
def test_a_finding_that_has_moved_is_the_same(change: dict[str, int]) -> None:
    assert fingerprint(replace(ONE, **change)) == fingerprint(ONE)  # type: ignore[arg-type]  # one key of several types


@pytest.mark.parametrize(
    "change", [{"tool": "clang"}, {"message": "'y' undeclared"}, {"code": "-Wy"}, {"file": "b.c"}, {"test": "t"}]
)
def test_another_fault_is_another_finding(change: dict[str, str]) -> None:
    assert fingerprint(replace(ONE, **change)) != fingerprint(ONE)  # type: ignore[arg-type]  # one key of several types


def test_the_text_of_the_line_tells_two_faults_with_one_message_apart() -> None:
    first = {"a.c": ["", "", "  x = 1;", "  y = x;"]}
    moved = {"a.c": ["", "", "", "", "    x =  1;", "", "y = x;"]}
    before = fingerprinted([ONE, replace(ONE, line=4)], lambda name: first[name])
    after = fingerprinted([replace(ONE, line=5), replace(ONE, line=7)], lambda name: moved[name])
    assert before[0].fingerprint != before[1].fingerprint
    assert [one.fingerprint for one in before] == [one.fingerprint for one in after]


def test_a_line_that_is_not_there_counts_as_empty() -> None:
    for line in (0, 99):
        assert fingerprinted([replace(ONE, line=line)], lambda _: ["a"])[0].fingerprint == fingerprint(ONE)
    assert fingerprinted([replace(ONE, file="")], lambda _: ["a"])[0].fingerprint


def test_a_test_that_fails_elsewhere_in_its_body_is_the_same_failure() -> None:
    failed = replace(ONE, test="t", line=1)
    (one,) = fingerprinted([failed], lambda _: ["a", "b"])
    (other,) = fingerprinted([replace(failed, line=2)], lambda _: ["a", "b"])
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("one", recorded("gcc", "javac", "ruff", "tsc", "cargo", "go"), ids=str)
def test_findings_of_a_recorded_run_keep_their_fingerprints_when_all_lines_move(one: object) -> None:
    from tests.unit.validation.recorded import Recorded

    assert isinstance(one, Recorded)
    findings = PARSERS[one.format](one.output, one.context).findings
    moved = [replace(finding, line=finding.line + 7) for finding in findings]
    given_dir = one.folder / "input"
    sources = {name: (given_dir / f"{name}.txt").read_text().split("\n") for name in one.context.files}
    shifted = {name: [*[""] * 7, *rows] for name, rows in sources.items()}
    before = fingerprinted(findings, lambda name: sources.get(name, []))
    after = fingerprinted(moved, lambda name: shifted.get(name, []))
    assert [finding.fingerprint for finding in before] == [finding.fingerprint for finding in after]
