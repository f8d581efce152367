"""How long nodes take, from one run to the next: what the critical path is made of."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.domain.events import Event, NodeEnded, NodeExpanded, NodeStarted
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import NodeStatus
from orchestrator.journal.durations import Durations
from orchestrator.journal.state import open_state


class Stopwatch:
    """Takes the time of every node's last attempt; implements :class:`orchestrator.ports.Reporter`.

    Attributes:
        seconds: of the nodes that succeeded and did the work themselves.
    """

    def __init__(self) -> None:
        self.seconds: dict[NodeId, float] = {}
        self._started: dict[NodeId, float] = {}

    def on_event(self, event: Event) -> None:
        """Take note of a start or an end."""
        if isinstance(event, NodeStarted):
            self._started[event.node] = event.at
        elif isinstance(event, NodeExpanded):
            self._started.pop(event.node, None)
        elif isinstance(event, NodeEnded):
            started = self._started.pop(event.node, None)
            if started is not None and event.status == NodeStatus.SUCCEEDED:
                self.seconds[event.node] = max(0.0, event.at - started)


def expected_seconds(state: Path, workflow: str) -> Mapping[NodeId, float]:
    """Seconds that nodes of the workflow took in earlier runs below ``state``.

    Raises:
        JournalError: they cannot be read.
    """
    with open_state(state) as database:
        return Durations(database).expected(workflow)


def record_seconds(state: Path, workflow: str, *, seconds: Mapping[NodeId, float]) -> None:
    """Take in what one run took.

    Raises:
        JournalError: it cannot be written.
    """
    with open_state(state) as database:
        Durations(database).record(workflow, seconds)
