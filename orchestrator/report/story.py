"""What a person wants to know of a finished run, as values: the text, Markdown and JUnit reports say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.domain.events import SandboxPrepared
from orchestrator.domain.ids import NodeId
from orchestrator.domain.sandbox import SandboxRecord
from orchestrator.domain.status import ENDED, NodeStatus
from orchestrator.report.plaintext import clean, count, duration, last_lines, without_frames
from orchestrator.report.record import Attempt, NodeRecord
from orchestrator.report.state import RunState
from orchestrator.report.waiting import reasons_of_open_nodes

EVIDENCE_LINES = 20
_WORTH_TELLING = 0.1
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that share a status and a reason, in the order in which they were announced."""

    status: NodeStatus
    reason: str
    nodes: tuple[NodeId, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A run told in the order of importance.

    Attributes:
        failed: nodes whose failure counts, first failure first. tolerated: failures that do not count.
        blocked: nodes that wait for a person.
        left_out: skipped, cancelled and discarded nodes by reason; a chain of skips by what began it.
        open: nodes that have not ended, by reason.
    """

    failed: tuple[NodeRecord, ...]
    tolerated: tuple[NodeRecord, ...]
    blocked: tuple[NodeRecord, ...]
    left_out: tuple[Group, ...]
    open: tuple[Group, ...]


def story(state: RunState) -> Story:
    """Tell ``state``; every part is empty where there is nothing to tell. Linear in nodes and needs."""
    failures = [state.nodes[node] for node in state.failures]
    derived = reasons_of_open_nodes(state)
    culprits = _Culprits(state)
    ended = [one for one in state.nodes.values() if one.status in _LEFT_OUT]
    return Story(
        failed=tuple(one for one in failures if not state.tolerates(one)),
        tolerated=tuple(one for one in failures if state.tolerates(one)),
        blocked=tuple(state.nodes[node] for node in state.blocked),
        left_out=_groups((one.spec.id, one.status, culprits.reason(one)) for one in ended),
        open=_groups((node, state.nodes[node].status, reason) for node, reason in derived.items()),
    )


_LEFT_OUT = ENDED - {NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.BLOCKED}


class _Culprits:
    """Follows skips along needs to the node that they began with. Linear: each node is followed once."""

    def __init__(self, state: RunState) -> None:
        self._nodes = state.nodes
        self._found: dict[NodeId, NodeRecord] = {}

    def reason(self, record: NodeRecord) -> str:
        path: dict[NodeId, None] = {}
        culprit = record
        while (found := self._found.get(culprit.spec.id)) is None:
            path[culprit.spec.id] = None
            before = self._before(culprit)
            if before is None or before.spec.id in path:
                found = culprit
                break
            culprit = before
        self._found.update(dict.fromkeys(path, found))
        if found is record:
            return record.reason
        went = "failed" if found.status is NodeStatus.FAILED else f"was {found.status}"
        return f"behind {found.spec.id}, which {went}"

    def _before(self, record: NodeRecord) -> NodeRecord | None:
        """The need because of which ``record`` was skipped; ``None`` where its own condition or work decided."""
        if record.status is not NodeStatus.SKIPPED or record.attempts or record.spec.condition:
            return None
        needs = (self._nodes[need] for need in record.spec.needs if need in self._nodes)
        return next((need for need in needs if self._stops(need)), None)

    def _stops(self, need: NodeRecord) -> bool:
        if need.status is NodeStatus.FAILED:
            return not need.spec.continue_on_error
        return need.status in _LEFT_OUT


def _groups(rows: Iterable[tuple[NodeId, NodeStatus, str]]) -> tuple[Group, ...]:
    found: dict[tuple[NodeStatus, str], list[NodeId]] = {}
    for node, status, reason in rows:
        found.setdefault((status, reason), []).append(node)
    return tuple(Group(status, reason, tuple(nodes)) for (status, reason), nodes in found.items())


def evidence(record: NodeRecord, lines: int = EVIDENCE_LINES) -> list[str]:
    """What shows why a node failed: the last lines of its detail, else of its output; clean, ``[]`` for none.

    Frames of the packages that ran it are left out, as long as something else is there.
    """
    told = record.detail or "\n".join(record.lines or ())
    return last_lines(without_frames(told), lines) or last_lines(told, lines)


def attempts_of(record: NodeRecord) -> str:
    """``3.2 s``, ``2 attempts, 7.1 s``, or ``""`` for a node that never worked."""
    if not record.attempts:
        return ""
    seconds = duration(sum(one.seconds or 0.0 for one in record.attempts))
    return seconds if len(record.attempts) == 1 else f"{count(len(record.attempts), 'attempt')}, {seconds}"


def asked(state: RunState) -> list[tuple[NodeRecord, Attempt]]:
    """Every attempt that asked a model, node by node in the order of announcement; ``[]`` where none did."""
    return [(record, attempt) for record in state.nodes.values() for attempt in record.attempts if attempt.model]


def bill(state: RunState) -> str:
    """``2 calls to models, 0.0031 USD``; ``""`` for a run that asked none. A price that is not known counts as 0."""
    if not state.calls:
        return ""
    usd = state.usage.usd_micros / 1_000_000
    return count(state.calls, "call") + " to models" + (f", {usd:.6f}".rstrip("0").rstrip(".") + " USD" if usd else "")


def held(sandbox: SandboxPrepared) -> str:
    """What held the code under repair, in a line; not yet clean."""
    record = sandbox.record
    if record is None:
        return f"sandbox off ({sandbox.why}): plain copies, isolation {sandbox.isolation}"
    network = "no network" if record.network == "none" else "the host's network"
    unfiltered = () if record.seccomp else ("system calls not filtered",)
    return f"sandbox {record.launcher}: {', '.join((network, *_caps(record), *unfiltered))}"


def _caps(record: SandboxRecord) -> Iterator[str]:
    """The limits that a configuration may set."""
    units = {"memory_mb": "MB", "processes": "processes", "seconds": "s"}
    return (f"{limit.value} {units[limit.name]}" for limit in record.limits if limit.name in units)


def look(state: RunState) -> str:
    """The command that shows what has landed; ``""`` where nothing has."""
    if state.result is None:
        return ""
    return f"git diff HEAD...{state.result.branch}" if state.result.branch else f"rung diff {state.run}"


def result_lines(state: RunState) -> list[str]:
    """Every place where what has landed can be had, a line each, for a person; ``[]`` where nothing has."""
    if state.result is None:
        return []
    branch, commit = state.result.branch, state.result.commit[:12]
    lines = [f"branch {clean(branch, 200)} at {commit}" if branch else f"{commit}, kept by Rung"]
    lines += [f"patch {state.patch_file}"] * bool(state.patch_file)
    lines += ["applied to your files"] * state.is_applied
    return lines


def outcome(state: RunState) -> str:
    """The run's status in one word; ``running``, or ``unfinished`` where its end was never recorded."""
    return state.status.value if state.status else "running" if state.is_alive else "unfinished"


def by_status(state: RunState) -> str:
    """``8 succeeded, 1 failed``: the statuses that occur, most welcome first; ``no nodes`` for an empty run."""
    return ", ".join(f"{state.counts[one]:,} {one}" for one in _TOLD if state.counts[one]) or "no nodes"


_TOLD = sorted(NodeStatus, key=lambda status: (status not in ENDED, list(NodeStatus).index(status)))


def time_line(state: RunState) -> str:
    """How long it took and, where nodes overlapped, what running them one after another would have taken."""
    wall, work = state.seconds(), state.work
    line = f"{count(len(state.nodes), 'node')} in {duration(wall)}"
    if work - wall < max(_WORTH_TELLING, wall / 20):
        return line
    return f"{line}; one after another {duration(work)}, so {duration(work - wall)} saved"
