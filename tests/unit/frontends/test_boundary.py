"""Every exception has an ending: what is told, and the code."""

from pathlib import Path

import click
import pytest

from orchestrator.errors import ConfigError, GraphError, MachineError, Problem, RungError
from orchestrator.frontends.cli.boundary import Ending, ending_of

TWO = ConfigError([Problem(what="a", file="f", line=1), Problem(what="b", file="f", line=2, hint="c")])
CASES = [
    (TWO, Ending(2, ("f:1: a", "f:2: b (c)"))),
    (RungError("it failed"), Ending(1, ("it failed",))),
    (GraphError("a cycle", cycle=("a", "b", "a")), Ending(2, ("a cycle: a -> b -> a",))),
    (click.UsageError("Something is\n  wrong."), Ending(2, ("something is wrong",))),
    (click.FileError("name", "Denied"), Ending(2, ("could not open file 'name': Denied",))),
    (click.exceptions.Exit(3), Ending(3)),
    (click.Abort(), Ending(130)),
    (KeyboardInterrupt(), Ending(130)),
    (BrokenPipeError(), Ending(141)),
    (SystemExit(7), Ending(7)),
    (SystemExit(), Ending(0)),
    (SystemExit("text"), Ending(1)),
    (ExceptionGroup("", [RungError("one"), ExceptionGroup("", [TWO])]), Ending(1, ("one", "f:1: a", "f:2: b (c)"))),
    (BaseExceptionGroup("", [RungError("one"), KeyboardInterrupt()]), Ending(130, ("one",))),
]


@pytest.mark.parametrize(("error", "ending"), CASES, ids=[repr(error)[:40] for error, _ in CASES])
def test_an_expected_end_is_told_as_it_is(error: BaseException, ending: Ending) -> None:
    assert ending_of(error) == ending


@pytest.mark.parametrize(
    "error",
    [LookupError("x"), MachineError("illegal", story=["ready"]), OSError(5, "I/O error"), RecursionError("deep"),
     ExceptionGroup("", [RungError("one"), LookupError("x")]), MemoryError()],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_everything_else_is_a_bug_with_a_report(error: BaseException) -> None:
    ending = ending_of(error)
    assert ending.code == 70
    assert "this is a bug in rung" in ending.lines[-1]


def test_many_bugs_at_once_have_one_report(clean_environment: Path) -> None:
    ending = ending_of(ExceptionGroup("several", [LookupError("first"), ExceptionGroup("", [ValueError("second")])]))
    [line] = ending.lines
    assert "LookupError: first" in line
    [report] = (clean_environment / "state" / "rung").iterdir()
    assert str(report) in line
    assert "ValueError: second" in report.read_text()
