"""The table of moves that a node, and an attempt at it, may make. Anything else is a bug and raises.

Phases are small integers because the machine moves 100,000 nodes; ``STATUS`` gives each its public word.
Two phases have no word of their own: a node that waits for its next attempt is ``ready``, and one that
waits for children it added is still ``running``.
"""

from typing import Final

from orchestrator.domain.status import AttemptStatus, NodeStatus

PENDING: Final = 0
READY: Final = 1
DELAYED: Final = 2
RUNNING: Final = 3
EXPANDED: Final = 4
SUCCEEDED: Final = 5
FAILED: Final = 6
BLOCKED: Final = 7
SKIPPED: Final = 8
CANCELLED: Final = 9
DISCARDED: Final = 10

STATUS: Final = (
    NodeStatus.PENDING,
    NodeStatus.READY,
    NodeStatus.READY,
    NodeStatus.RUNNING,
    NodeStatus.RUNNING,
    NodeStatus.SUCCEEDED,
    NodeStatus.FAILED,
    NodeStatus.BLOCKED,
    NodeStatus.SKIPPED,
    NodeStatus.CANCELLED,
    NodeStatus.DISCARDED,
)
PHASE: Final = {status: phase for phase, status in reversed(list(enumerate(STATUS)))}
"""Public word -> phase (``ready`` and ``running`` name the plain phases)."""

_STOPPED: Final = (SKIPPED, CANCELLED, DISCARDED)

MOVES: Final[tuple[tuple[int, ...], ...]] = (
    (READY, FAILED, *_STOPPED),  # pending: needs met, or decided without starting
    (RUNNING, *_STOPPED),  # ready
    (READY, *_STOPPED),  # delayed: the wait before a retry is over
    (SUCCEEDED, FAILED, BLOCKED, DELAYED, EXPANDED, READY, *_STOPPED),  # running
    (READY, *_STOPPED),  # expanded: all children have ended
    (DISCARDED, PENDING),  # succeeded: speculation not kept; retried by name
    (PENDING,),  # failed
    (PENDING, DISCARDED),  # blocked: answered
    (PENDING,),  # skipped
    (PENDING,),  # cancelled
    (),  # discarded
)
"""``MOVES[phase]`` holds the phases that may follow it."""

ALLOWED: Final = tuple(
    tuple(target in moves or target == phase == READY for target in range(len(MOVES)))
    for phase, moves in enumerate(MOVES)
)
"""``ALLOWED[phase][target]``: :data:`MOVES` as a matrix. Ready may be said twice: it changes nothing."""

ATTEMPT_MOVES: Final[dict[AttemptStatus, tuple[AttemptStatus, ...]]] = {
    AttemptStatus.LEASED: (AttemptStatus.EDITED, AttemptStatus.JUDGED, AttemptStatus.ERROR, AttemptStatus.DISCARDED),
    AttemptStatus.EDITED: (AttemptStatus.JUDGED, AttemptStatus.ERROR, AttemptStatus.DISCARDED),
    AttemptStatus.JUDGED: (AttemptStatus.ACCEPTED, AttemptStatus.REJECTED, AttemptStatus.DISCARDED),
    AttemptStatus.ACCEPTED: (AttemptStatus.DISCARDED,),
    AttemptStatus.REJECTED: (),
    AttemptStatus.ERROR: (),
    AttemptStatus.DISCARDED: (),
}
"""The same for one attempt; of two that race (hedging) the loser is discarded, whatever it has reached."""
