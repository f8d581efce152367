"""A journal in memory, which forgets on demand what a crash would have lost."""

from orchestrator.domain.events import Event, NodeOutput
from orchestrator.errors import JournalError
from orchestrator.ports import Recorded


class MemoryJournal:
    """A :class:`Journal` whose disk is a list.

    What is appended is committed by :meth:`durable` or by :meth:`commit`; there is no thread that does it.
    """

    def __init__(self, events: tuple[Event, ...] = ()) -> None:
        self._events: list[Event] = list(events)
        self._committed = len(events)
        self._failure: JournalError | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything appended, committed or not."""
        return tuple(self._events)

    @property
    def committed(self) -> int:
        """How many events a crash would leave at least."""
        return self._committed

    def append(self, event: Event) -> None:
        """See :class:`Journal`."""
        self._check()
        if not isinstance(event, NodeOutput):
            self._events.append(event)

    async def durable(self) -> None:
        """See :class:`Journal`."""
        self.commit()

    def commit(self) -> None:
        """What the real journal's thread does some time after each :meth:`append`.

        Raises:
            JournalError: after :meth:`break_down`.
        """
        self._check()
        self._committed = len(self._events)

    def read(self, after: int = 0) -> list[Recorded]:
        """See :class:`Journal`."""
        return [Recorded(seq, event) for seq, event in enumerate(self._events[after : self._committed], after + 1)]

    def crash(self, lucky: int = 0) -> "MemoryJournal":
        """The journal that the next engine finds: what was committed, and ``lucky`` more events at most."""
        return MemoryJournal(tuple(self._events[: self._committed + lucky]))

    def break_down(self, what: str = "the disk is full") -> None:
        """From now on nothing can be written: every call that writes fails, as on a full disk."""
        self._failure = JournalError(what, path="memory")

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
