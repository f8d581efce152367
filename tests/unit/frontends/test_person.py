"""A person at a real (pseudo) terminal answers a gate."""

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import pytest

from orchestrator.frontends.cli.person import TerminalPerson


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The file descriptor on which typing happens; the other end is standard input."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield master
    os.close(master)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("typed", "answer"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("\x04", None)]
)
async def test_the_answer_is_what_is_typed(
    keyboard: int, typed: str, capsys: pytest.CaptureFixture[str], *, answer: bool | None
) -> None:
    os.write(keyboard, typed.encode())
    assert await TerminalPerson().ask("approve", "Release it?") is answer
    assert capsys.readouterr().err == "approve: Release it? [y/N] "


@pytest.mark.anyio
async def test_an_answer_that_is_none_is_asked_for_again(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(keyboard, b"perhaps\ny\n")
    assert await TerminalPerson().ask("a", "q") is True
    assert capsys.readouterr().err.count("[y/N]") == 2


@pytest.mark.anyio
async def test_a_question_cannot_steer_the_terminal(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(keyboard, b"y\n")
    await TerminalPerson().ask("a", "sure?\x1b[2J")
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.anyio
async def test_waiting_for_an_answer_can_be_cancelled(keyboard: int) -> None:
    assert keyboard
    with anyio.move_on_after(0.01) as scope:
        await TerminalPerson().ask("a", "q")
    assert scope.cancelled_caught


@pytest.mark.anyio
async def test_two_questions_stand_there_one_after_the_other(keyboard: int) -> None:
    standing: list[int] = []

    @contextmanager
    def paused() -> Iterator[None]:
        standing.append(1)
        assert len(standing) == 1
        yield
        standing.clear()

    person = TerminalPerson(paused)
    answers: dict[str, bool | None] = {}

    async def ask(name: str) -> None:
        answers[name] = await person.ask(name, "q")

    async with anyio.create_task_group() as group:
        group.start_soon(ask, "first")
        group.start_soon(ask, "second")
        os.write(keyboard, b"y\n")
        while "first" not in answers:
            await anyio.lowlevel.checkpoint()
        os.write(keyboard, b"n\n")
    assert answers == {"first": True, "second": False}
