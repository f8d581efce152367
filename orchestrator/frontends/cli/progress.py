"""Which progress is shown, and whether somebody is there to answer."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from orchestrator.config import Settings
from orchestrator.domain.events import Event
from orchestrator.ports import Clock, Reporter
from orchestrator.report import RunState

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.report import PlainProgress


@dataclass(frozen=True, slots=True)
class Progress:
    """A reporter, what it has made of the run so far, and how to get the terminal for a moment."""

    reporter: Reporter
    state: RunState
    paused: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the choice depends on, as values."""

    terminal_in: bool
    terminal_out: bool
    terminal_err: bool
    attended: bool

    @property
    def live(self) -> bool:
        """Whether a display that is drawn in place can be seen."""
        return self.terminal_out and self.attended

    @property
    def answerable(self) -> bool:
        """Whether a question would be seen and could be answered."""
        return self.terminal_in and self.terminal_err and self.attended


def surroundings(environ: Mapping[str, str]) -> Surroundings:
    """Those of this process. Under ``CI``, or on a dumb terminal, nobody attends."""
    attended = not environ.get("CI") and environ.get("TERM") not in {"dumb", "unknown"}
    return Surroundings(_is_terminal(sys.stdin), _is_terminal(sys.stdout), _is_terminal(sys.stderr), attended)


@contextmanager
def shown_progress(*, live: bool, quiet: bool, settings: Settings, clock: Clock, known: int = 0) -> Iterator[Progress]:
    """The progress of one run, for the time of the context; its first ``known`` events were told before."""
    if quiet:
        state = RunState()
        yield Progress(state, state)
    elif live:
        from orchestrator.report import LiveProgress

        with LiveProgress(console(settings, os.environ), clock) as display:
            yield Progress(display, display.state, display.paused)
    else:
        from orchestrator.report import PlainProgress

        plain = PlainProgress(sys.stderr)
        yield Progress(_SinceThen(plain, known) if known else plain, plain.state)


class _SinceThen:
    """Tells only what is new; what was told before reaches the state alone."""

    def __init__(self, progress: "PlainProgress", known: int) -> None:
        self._progress = progress
        self._known = known

    def on_event(self, event: Event) -> None:
        if self._known:
            self._known -= 1
            self._progress.state.on_event(event)
        else:
            self._progress.on_event(event)


def console(settings: Settings, environ: Mapping[str, str]) -> "Console":
    """Standard output as a console that obeys the configured colour."""
    from rich.console import Console

    return Console(no_color=not colored(settings, environ))


def colored(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether standard output gets colours; ``auto`` wants a terminal and no ``NO_COLOR`` (no-color.org)."""
    auto = _is_terminal(sys.stdout) and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return {"always": True, "never": False, "auto": auto}[settings.terminal.color]


def columns() -> int:
    """The width of the terminal, at most 120: longer lines are hard to read; 80 where there is none."""
    return min(shutil.get_terminal_size().columns, 120)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False  # closed
