import io
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from rich.console import Console

from orchestrator.domain.events import Event
from orchestrator.report import LiveProgress
from tests.unit.report.screen import Screen
from tests.unit.report.script import FAILING, HOSTILE, OPENING, START, begun, hostile_events, node, started, tell
from tests.unit.report.test_frame import SMALL

ROOT = Path(__file__).parents[3]


class Watch:
    """A clock that stands where it is put, and tells when it was read."""

    def __init__(self, at: float = 0.0) -> None:
        self.at = at
        self.was_read = threading.Event()

    def monotonic(self) -> float:
        return self.at

    def wall(self) -> float:
        self.was_read.set()
        return START + self.at


class Terminal:
    """A display on a terminal of text, drawn by hand."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.file = io.StringIO()
        self.console = Console(
            file=self.file, force_terminal=True, force_interactive=True, color_system=None, width=width, height=height
        )
        self.console.legacy_windows = False
        self.watch = Watch()
        self.screen = Screen(width)
        self.progress = LiveProgress(self.console, self.watch, refresh_hz=0)

    def draw(self, at: float) -> str:
        """What a person sees after the display was drawn at this time."""
        self.watch.at = at
        self.progress.tick()
        return self.see()

    def see(self) -> str:
        self.screen.feed(self.file.getvalue())
        self.file.seek(0)
        self.file.truncate()
        return self.screen.text

    def resize(self, width: int, height: int) -> None:
        self.console.size = (width, height)
        self.screen.resize(width)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    return Terminal()


def without_forecast(text: str) -> list[str]:
    return [line for line in text.splitlines() if " left  critical path " not in line]


def test_the_display_is_the_frame_and_is_gone_at_the_end(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        seen = terminal.draw(16)
        assert without_forecast(seen) == without_forecast(SMALL)
        assert re.search(r"^about \d+ s left  critical path \d+ s: compile\[src-lexer.c\] > test", seen, re.MULTILINE)
        assert not terminal.screen.is_cursor_visible
    assert terminal.see() == ""
    assert terminal.screen.is_cursor_visible


def test_each_drawing_takes_the_place_of_the_one_before(terminal: Terminal) -> None:
    with terminal.progress as progress:
        for event in FAILING:
            tell(progress, [event])
            seen = terminal.draw(event.at - START)
            assert seen.count("build-all") == 1
            assert len(seen.splitlines()) <= 23
    assert terminal.see() == ""


def test_nothing_is_written_when_nothing_that_is_shown_has_changed(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        terminal.draw(16)
        terminal.progress.tick()
        assert terminal.file.getvalue() == ""


def test_an_event_draws_nothing_by_itself(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        terminal.see()
        tell(progress, opening)
        assert terminal.file.getvalue() == ""


def test_printed_lines_stay_above_the_display(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        terminal.draw(15)
        terminal.console.print("a stray line")
        seen = terminal.draw(16).splitlines()
        assert seen[0] == "a stray line"
        assert without_forecast("\n".join(seen[1:])) == without_forecast(SMALL)
    assert terminal.see() == "a stray line"


@pytest.mark.parametrize("sizes", [[(50, 24)], [(120, 40)], [(33, 12), (100, 30), (20, 5), (80, 24)], [(7, 3)]])
def test_a_resize_leaves_nothing_behind(terminal: Terminal, opening: list[Event], sizes: list[tuple[int, int]]) -> None:
    with terminal.progress as progress:
        terminal.console.print("before")
        tell(progress, opening)
        terminal.draw(15)
        for number, size in enumerate(sizes):
            terminal.resize(*size)
            seen = terminal.draw(16 + number).splitlines()
            assert len([line for line in seen if line.startswith("build-")]) <= 1
            assert len(seen) <= max(1, size[1] - 1) + 1
    assert terminal.see() == "before"


def test_a_question_gets_the_terminal_to_itself(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        terminal.draw(15)
        with progress.paused():
            assert terminal.see() == ""
            assert terminal.screen.is_cursor_visible
            with progress.paused():
                terminal.console.print("Ship it?")
            assert terminal.draw(15.5) == "Ship it?"
        seen = terminal.draw(16).splitlines()
        assert seen[0] == "Ship it?"
        assert without_forecast("\n".join(seen[1:])) == without_forecast(SMALL)
    assert terminal.see() == "Ship it?"


def test_a_pause_that_outlasts_the_display_does_not_bring_it_back(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        terminal.draw(15)
        pause = progress.paused()
        pause.__enter__()
    pause.__exit__(None, None, None)
    assert terminal.draw(16) == ""
    assert terminal.screen.is_cursor_visible


def test_an_error_inside_gives_the_terminal_back(terminal: Terminal, opening: list[Event]) -> None:
    streams = (sys.stdout, sys.stderr)

    def broken() -> None:
        with terminal.progress as progress:
            tell(progress, opening)
            terminal.draw(15)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert terminal.see() == ""
    assert terminal.screen.is_cursor_visible
    assert (sys.stdout, sys.stderr) == streams


def test_a_terminal_that_is_gone_does_not_end_the_run(terminal: Terminal, opening: list[Event]) -> None:
    with terminal.progress as progress:
        tell(progress, opening)
        terminal.draw(15)
        ours, theirs = pty.openpty()
        os.close(ours)
        terminal.console.file = gone = os.fdopen(theirs, "w")
        with pytest.raises(OSError, match="Input/output error"):
            terminal.draw(16)
    assert progress.state.finished == 4
    with pytest.raises(OSError, match="Input/output error"):
        gone.close()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_moves_nothing(terminal: Terminal, text: str) -> None:
    with terminal.progress as progress:
        tell(progress, hostile_events(text))
        lines = terminal.draw(6).splitlines()
        assert len(lines) <= 23
        assert [line for line in lines if not line.isprintable()] == []
    assert terminal.see() == ""


def test_markup_is_shown_as_it_is(terminal: Terminal) -> None:
    with terminal.progress as progress:
        tell(progress, [begun(node("[red]a[/red]"), name="[bold]name"), started(0, "[red]a[/red]")])
        seen = terminal.draw(1)
        assert "[bold]name" in seen
        assert "[red]a[/red]" in seen


def test_it_draws_by_itself() -> None:
    watch = Watch(16)
    console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
    with LiveProgress(console, watch, refresh_hz=200) as progress:
        tell(progress, OPENING)
        assert watch.was_read.wait(20)
        names = [one.name for one in threading.enumerate()]
        assert "rung-progress" in names
    assert "rung-progress" not in [one.name for one in threading.enumerate()]


PROGRAM = """
import signal, sys, threading
from rich.console import Console
from orchestrator.report import LiveProgress
from tests.unit.report.script import OPENING, tell
from tests.unit.report.test_live import Watch

signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background hands on that it is ignored
with LiveProgress(Console(stderr=True), Watch(16), refresh_hz=100) as progress:
    tell(progress, OPENING)
    print("a stray line")
    progress.tick()
    print("ready", file=open(sys.argv[2], "w"))
    if sys.argv[1] == "raise":
        raise RuntimeError("on purpose")
    if sys.argv[1] == "wait":
        threading.Event().wait()
print("the summary")
"""


def read_all(terminal: int) -> str:
    """Everything that is written until the last writer has gone (Linux says EIO then)."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


def on_a_terminal(mode: str, ready: Path, *, stdout: int | None = None) -> tuple[int, str, bool]:
    """Exit code, what was written, and whether the terminal's settings are as before."""
    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    os.mkfifo(ready)
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, mode, str(ready)],
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        start_new_session=True,
    )
    written: list[str] = []
    reader = threading.Thread(target=lambda: written.append(read_all(ours)))
    reader.start()
    ready.read_text()
    if mode == "wait":
        program.send_signal(signal.SIGINT)
    code = program.wait(30)
    is_restored = termios.tcgetattr(theirs) == settings
    os.close(theirs)
    reader.join(30)
    os.close(ours)
    return code, written[0], is_restored


@pytest.mark.parametrize(("mode", "ending"), [("end", "the summary"), ("raise", "on purpose"), ("wait", "Interrupt")])
def test_a_real_terminal_is_given_back(mode: str, ending: str, tmp_path: Path) -> None:
    code, written, is_restored = on_a_terminal(mode, tmp_path / "ready")
    assert (code == 0) == (mode == "end")
    assert is_restored
    screen = Screen(80)
    screen.feed(written)
    assert screen.is_cursor_visible
    lines = screen.text.splitlines()
    assert lines[0] == "a stray line"
    assert ending in lines[-1]
    assert [line for line in lines if line.startswith("build-all")] == []


def test_what_is_printed_to_a_file_gets_there(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        code, written, _ = on_a_terminal("end", tmp_path / "ready", stdout=out.fileno())
    assert code == 0
    assert (tmp_path / "out").read_text() == "a stray line\nthe summary\n"
    assert "a stray line" not in written
