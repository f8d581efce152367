"""What a run has repaired without a model, and what it has found and left to a person: the same for every report."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.status import AttemptStatus
from orchestrator.report.record import NodeRecord
from orchestrator.report.state import RunState

FIX = "fix"
MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Repairs:
    """Both in the order of announcement.

    Attributes:
        done: that landed; what two nodes found at the same time is there once.
        held: found, and not done, with the reason; each once. What landed after all is not among them.
    """

    done: tuple[FixStep, ...] = ()
    held: tuple[str, ...] = ()


def repairs(state: RunState) -> Repairs:
    """Of the whole run; empty where no node repairs without a model."""
    done = tuple(dict.fromkeys(step for record in state.nodes.values() for step in landed_steps(record)))
    landed = {f"{step.source}: {step.message}" for step in done}
    held = (line for record in state.nodes.values() for line in _held(record))
    return Repairs(done, tuple(line for line in dict.fromkeys(held) if not any(line.startswith(one) for one in landed)))


def landed_steps(record: NodeRecord) -> Iterator[FixStep]:
    """What the node's accepted attempt did."""
    for attempt in record.attempts:
        if attempt.found and attempt.status is AttemptStatus.ACCEPTED:
            yield from attempt.found.steps


def _held(record: NodeRecord) -> Iterator[str]:
    last = record.attempts[-1] if record.attempts else None
    if last and last.found:
        yield from last.found.held
