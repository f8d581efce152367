"""What is shown depends on the surroundings alone."""

import sys
from dataclasses import dataclass

import pytest

from orchestrator.config import Settings
from orchestrator.domain.events import Event
from orchestrator.domain.status import NodeStatus
from orchestrator.frontends.cli.progress import Surroundings, colored, shown_progress, surroundings
from orchestrator.report import PlainProgress, RunState
from orchestrator.testing.clock import FakeClock
from tests.unit.app.history import begun, ended, node, started


@pytest.mark.parametrize(
    ("around", "live", "answerable"),
    [
        (Surroundings(terminal_in=True, terminal_out=True, terminal_err=True, attended=True), True, True),
        (Surroundings(terminal_in=True, terminal_out=True, terminal_err=True, attended=False), False, False),
        (Surroundings(terminal_in=True, terminal_out=False, terminal_err=True, attended=True), False, True),
        (Surroundings(terminal_in=False, terminal_out=True, terminal_err=True, attended=True), True, False),
        (Surroundings(terminal_in=True, terminal_out=True, terminal_err=False, attended=True), True, False),
    ],
)
def test_a_display_needs_a_terminal_and_a_question_needs_two(
    around: Surroundings, *, live: bool, answerable: bool
) -> None:
    assert (around.live, around.answerable) == (live, answerable)


@pytest.mark.parametrize(("environ", "attended"), [({}, True), ({"CI": "true"}, False), ({"TERM": "dumb"}, False)])
def test_nobody_attends_in_ci_or_on_a_dumb_terminal(environ: dict[str, str], *, attended: bool) -> None:
    assert surroundings(environ).attended is attended


@dataclass(frozen=True)
class Look:
    word: str
    terminal: bool
    environ: dict[str, str]
    colored: bool


@pytest.mark.parametrize(
    "look",
    [
        Look("always", terminal=False, environ={"NO_COLOR": "1"}, colored=True),
        Look("never", terminal=True, environ={}, colored=False),
        Look("auto", terminal=True, environ={}, colored=True),
        Look("auto", terminal=True, environ={"NO_COLOR": "1"}, colored=False),
        Look("auto", terminal=True, environ={"NO_COLOR": ""}, colored=True),
        Look("auto", terminal=True, environ={"TERM": "dumb"}, colored=False),
        Look("auto", terminal=False, environ={}, colored=False),
    ],
    ids=str,
)
def test_colour_is_the_persons_choice(monkeypatch: pytest.MonkeyPatch, look: Look) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: look.terminal, raising=False)
    settings = Settings.model_validate({"terminal": {"color": look.word}})
    assert colored(settings, look.environ) is look.colored


def test_progress_is_plain_without_a_terminal_and_silent_when_quiet() -> None:
    settings, clock = Settings(), FakeClock()
    with shown_progress(live=False, quiet=False, settings=settings, clock=clock) as progress:
        assert isinstance(progress.reporter, PlainProgress)
        assert progress.reporter.state is progress.state
    with shown_progress(live=True, quiet=True, settings=settings, clock=clock) as progress:
        assert isinstance(progress.reporter, RunState)


def test_what_was_told_before_is_not_told_again(capsys: pytest.CaptureFixture[str]) -> None:
    known: list[Event] = [begun(node("a"), node("b")), started(0, "a"), ended(1, "a")]
    with shown_progress(live=False, quiet=False, settings=Settings(), clock=FakeClock(), known=len(known)) as progress:
        for event in (*known, started(2, "b")):
            progress.reporter.on_event(event)
    assert [line.split(maxsplit=1)[1] for line in capsys.readouterr().err.splitlines()] == ["b started"]
    assert progress.state.counts[NodeStatus.SUCCEEDED] == 1
