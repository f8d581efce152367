"""What a run has repaired without a model, and what it has found and left to a person: the same for every report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.status import AttemptStatus, NodeStatus
from orchestrator.report.plaintext import count
from orchestrator.report.record import NodeRecord
from orchestrator.report.state import RunState

_ROUND = re.compile(r"#\d+/")
_ITEM = re.compile(r"\[(?P<key>[^\[\]]+)\]$")
FIX = "fix"
MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Repairs:
    """All in the order of announcement.

    Attributes:
        done: that landed; what two nodes found at the same time is there once.
        held: found in the last round, and not done, with the reason; each once. Nothing where nothing is left to do.
        lost: what the last round found nothing for, with the reason. Nothing where nothing is left to do.
    """

    done: tuple[FixStep, ...] = ()
    held: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def repairs(state: RunState) -> Repairs:
    """Of the whole run; empty where no node repairs without a model."""
    if any(record.spec.kind == MERGE and record.status is NodeStatus.SUCCEEDED for record in state.nodes.values()):
        return Repairs(_done(state))
    newest = {_ROUND.sub("", record.spec.id): record for record in state.nodes.values()}
    held = (line for record in newest.values() for line in _held(record))
    lost = (line for record in _last_round(state) for line in _lost(record))
    return Repairs(_done(state), tuple(dict.fromkeys(held)), tuple(dict.fromkeys(lost)))


def _done(state: RunState) -> tuple[FixStep, ...]:
    return tuple(dict.fromkeys(step for record in state.nodes.values() for step in landed_steps(record)))


def landed_steps(record: NodeRecord) -> Iterator[FixStep]:
    """What the node's accepted attempt did."""
    for attempt in record.attempts:
        if attempt.found and attempt.status is AttemptStatus.ACCEPTED:
            yield from attempt.found.steps


def _held(record: NodeRecord) -> Iterator[str]:
    last = record.attempts[-1] if record.attempts else None
    if last and last.found:
        yield from last.found.held


def _last_round(state: RunState) -> Iterator[NodeRecord]:
    """Nodes that repair, without those that a later round of the same loop has taken the place of.

    What is left to do is there in each round: what a round does not name is done.
    """
    rounds = [(_ROUND.sub("/", record.spec.id).partition("[")[0], record) for record in state.nodes.values()]
    last = {name: _ROUND.findall(record.spec.id) for name, record in rounds}
    for name, record in rounds:
        if record.spec.kind == FIX and _ROUND.findall(record.spec.id) == last[name]:
            yield record


def _lost(record: NodeRecord) -> Iterator[str]:
    last = record.attempts[-1] if record.attempts else None
    if last and last.found and last.found.why and not last.found.held:
        item = _ITEM.search(record.spec.id)
        yield f"{item['key'] if item else record.spec.id}: {last.found.why}"


def tests_told(step: FixStep) -> str:
    """``5 tests run that line``: what a search's claim rests on."""
    return f"{count(step.tests_run, 'test')} run{'s' if step.tests_run == 1 else ''} that line"
