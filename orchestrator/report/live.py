"""Progress on a terminal: one display that is drawn again in place.

Events come on the event loop's thread and only change the state, under a lock that is held for microseconds.
A thread of its own draws, at most some times a second: it takes the lock to lay out a frame (values), lets go,
and only then writes. So a slow or stopped terminal (a lost connection, Ctrl-S) never holds the engine up, no timer
of the event loop is needed, and nothing here knows anyio.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from orchestrator.domain.events import Event
from orchestrator.domain.ids import NodeId
from orchestrator.ports import Clock
from orchestrator.report.estimate import Estimate
from orchestrator.report.frame import Line, Size, frame
from orchestrator.report.plaintext import cells
from orchestrator.report.redirection import Redirection
from orchestrator.report.state import RunState

REFRESH_HZ = 5.0


class LiveProgress:
    """Shows a run on a terminal while it is entered; implements :class:`orchestrator.ports.Reporter`.

    ::

        with LiveProgress(Console(stderr=True), clock) as progress:
            ...  # progress.on_event(...) from one thread

    On leaving, however that happens, the display is erased, the cursor shown and ``sys.stdout`` and ``sys.stderr``
    are as before; print the summary then. While entered, what is printed to either appears above the display, a line at
    a time and with the next drawing (a stream that is no terminal is left alone). Nothing else may write to the
    terminal: not who kept the original stream, nor the console itself. Meant for a console that is a terminal and not
    dumb: elsewhere it shows nothing, use :class:`orchestrator.report.PlainProgress` there.

    Args:
        console: where to draw.
        clock: only its wall clock is read, for elapsed times.
        durations: node -> seconds that it took in an earlier run.
        refresh_hz: how often a second to draw at most; 0 draws only when :meth:`tick` is called.

    Attributes:
        state: the run so far; read it after leaving.
    """

    def __init__(
        self,
        console: Console,
        clock: Clock,
        *,
        durations: Mapping[NodeId, float] | None = None,
        refresh_hz: float = REFRESH_HZ,
    ) -> None:
        self.state = RunState()
        self._console = console
        self._clock = clock
        self._lock = threading.Lock()
        self._estimate = Estimate(self.state, self._lock, durations=durations or {})
        self._shown: tuple[Line, ...] = ()
        self._size = Size(0, 0)
        self._stop = threading.Event()
        self._pauses = 0
        self._refresh_hz = refresh_hz
        self._thread: threading.Thread | None = None
        self._drawing = threading.Lock()
        self._redirection = Redirection()
        self._live: Live | None = None

    def on_event(self, event: Event) -> None:
        """Fold one event; nothing is drawn here."""
        with self._lock:
            self.state.on_event(event)

    def __enter__(self) -> Self:
        """Take the terminal and start to draw."""
        self._take()
        if self._refresh_hz > 0:
            self._thread = threading.Thread(target=self._draw_on, name="rung-progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop to draw and give the terminal back."""
        self._stop.set()
        try:
            if self._thread is not None:
                self._thread.join()
        finally:
            with self._drawing:
                self._give_back()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The terminal as it was before, for a question to a person; drawing goes on afterwards.

        Events may come meanwhile. Pauses may overlap: the display comes back when the last one is over.
        """
        with self._drawing:
            self._pauses += 1
            self._give_back()
        try:
            yield
        finally:
            with self._drawing:
                self._pauses -= 1
                if not self._pauses and not self._stop.is_set():
                    self._take()

    def tick(self) -> None:
        """Draw, if anything that is shown has changed since the last time; nothing while paused."""
        with self._drawing:
            if self._live is not None:
                self._show(self._live)

    def _show(self, live: Live) -> None:
        size = Size(*self._console.size)
        now = self._clock.wall()
        remaining = self._estimate.remaining(now)
        with self._lock:
            lines = frame(self.state, now=now, remaining=remaining, size=size)
        printed = self._redirection.take()
        if printed or (lines, size) != (self._shown, self._size):
            self._draw(live, lines, size=size, printed=printed)

    def _draw(self, live: Live, lines: tuple[Line, ...], *, size: Size, printed: Sequence[str]) -> None:
        extra = _rows(self._shown, size.width) - len(self._shown)
        self._shown, self._size = lines, size
        with self._console:  # one write for both
            if extra > 0:
                self._console.control(_rise(extra))
            if printed:
                self._console.print(Text("\n").join(map(Text.from_ansi, printed)), soft_wrap=True)
            live.refresh()

    def _renderable(self) -> Text:
        spans = [(text, style) for line in self._shown for text, style in (*line, ("\n", ""))]
        return Text.assemble(*spans[:-1], no_wrap=True, overflow="crop", end="")

    def _draw_on(self) -> None:
        while not self._stop.wait(1 / self._refresh_hz):
            try:
                self.tick()
            except OSError:  # the terminal is gone: there is nobody to show anything to
                return

    def _take(self) -> None:
        self._live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,  # two threads that print through rich at once would leave old frames behind
            redirect_stderr=False,
            get_renderable=self._renderable,
        )
        self._redirection.start()
        self._live.start()

    def _give_back(self) -> None:
        live, self._live = self._live, None
        if live is None:
            return
        try:
            self._draw(live, (), size=Size(*self._console.size), printed=self._redirection.take())
            live.stop()
        except (OSError, SystemExit):  # rich exits the program on a broken pipe; the run's own end counts, not that
            self._console.quiet = True
        finally:
            self._redirection.stop()


def _rows(lines: tuple[Line, ...], width: int) -> int:
    """Rows that lines take on a terminal that has become ``width`` columns wide and wrapped them again."""
    return sum(max(1, -(-sum(cells(text) for text, _ in line) // max(1, width))) for line in lines)


def _rise(rows: int) -> Control:
    """Erase the row of the cursor and as many above, less one; the cursor ends on the topmost."""
    return Control(
        *[step for _ in range(rows) for step in ((ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1))]
    )
