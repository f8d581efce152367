"""A forecast that is kept up to date while events come in on another thread."""

from collections.abc import Mapping
from threading import Lock

from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import ENDED
from orchestrator.report.forecast import Forecast, Remaining
from orchestrator.report.state import RunState

_SECONDS = 1.0
_NODES_A_SECOND = 2_000
"""A forecast is linear in nodes: the larger the graph, the rarer one is made."""


class Estimate:
    """What is left of the run that ``state`` holds.

    The lock is held only to copy what is needed. The nodes themselves are read without it: one that ends meanwhile
    makes the forecast a little older, never wrong in kind.

    Args:
        state: shared with the thread that folds events.
        lock: what that thread holds while it folds.
        durations: node -> seconds that it took in an earlier run.
    """

    def __init__(self, state: RunState, lock: Lock, *, durations: Mapping[NodeId, float]) -> None:
        self._state = state
        self._lock = lock
        self._durations = durations
        self._forecast: Forecast | None = None
        self._seen = (0, 0, 0)
        self._next_at = 0.0

    def remaining(self, now: float) -> Remaining | None:
        """What is left at ``now`` (wall clock, seconds since the epoch); ``None`` where nobody can tell."""
        with self._lock:
            state = self._state
            known = len(state.nodes)
            open_nodes = known - sum(state.counts[status] for status in ENDED)
            seen = (known, open_nodes, len(state.blocked))
            stale = seen != self._seen and now >= self._next_at
            records = list(state.nodes.values()) if stale else []
            kind_work = dict(state.kind_work) if stale else {}
        if stale:
            self._seen, self._next_at = seen, now + max(_SECONDS, known / _NODES_A_SECOND)
            self._forecast = Forecast(
                records, durations=self._durations, kind_work=kind_work, workers=state.max_parallel
            )
        return self._forecast.remaining(now, open_nodes=open_nodes) if self._forecast else None
