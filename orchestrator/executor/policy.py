"""Decisions about one node or one run, as pure values: whether it starts, is tried again, how the run ended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from orchestrator.domain.node import Join, Wanted
from orchestrator.domain.plan import Limits
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.usage import Usage


class NeedEnd(NamedTuple):
    """How one need ended, as its dependent sees it.

    ``tolerated`` is true where it failed but says ``continue-on-error``: dependents go on as if it had succeeded.
    """

    id: str
    status: NodeStatus
    tolerated: bool = False
    wanted: Wanted = Wanted.JOIN

    @property
    def is_good(self) -> bool:
        """Succeeded, or failed where that was allowed."""
        return self.status == NodeStatus.SUCCEEDED or self.tolerated

    @property
    def is_bad(self) -> bool:
        """Failed or was cancelled, and that was not allowed; a skipped need is neither good nor bad."""
        return self.status in {NodeStatus.FAILED, NodeStatus.CANCELLED} and not self.tolerated


def _join_all(needs: Sequence[NeedEnd]) -> str:
    return next((f"needs {one.id}, which {_went(one)}" for one in needs if not one.is_good), "")


def _join_none_failed(needs: Sequence[NeedEnd]) -> str:
    return next((f"needs {one.id}, which {_went(one)}" for one in needs if one.is_bad), "")


def _join_one(needs: Sequence[NeedEnd]) -> str:
    if not needs or any(one.is_good for one in needs):
        return ""
    return f"none of its needs succeeded ({', '.join(f'{one.id} {_went(one)}' for one in needs)})"


def _join_done(_needs: Sequence[NeedEnd]) -> str:
    return ""


_JOINS: Mapping[Join, Callable[[Sequence[NeedEnd]], str]] = {
    Join.ALL_SUCCEEDED: _join_all,
    Join.NONE_FAILED: _join_none_failed,
    Join.ONE_SUCCEEDED: _join_one,
    Join.ALL_DONE: _join_done,
}

_OF_ONE_NEED: Mapping[Wanted, Callable[[NeedEnd], bool]] = {
    Wanted.SUCCEEDED: lambda need: need.is_good,
    Wanted.SKIPPED_OK: lambda need: need.is_good or need.status == NodeStatus.SKIPPED,
    Wanted.ANY: lambda _need: True,
}


def reason_to_skip(join: Join, needs: Iterable[NeedEnd]) -> str:
    """Why a node whose needs ended like this may not start; ``""`` where it may.

    A need for which something particular is wanted is judged by that; ``join`` judges the rest together.
    """
    joined = []
    for need in needs:
        if need.wanted == Wanted.JOIN:
            joined.append(need)
        elif not _OF_ONE_NEED[need.wanted](need):
            return f"needs {need.id} {need.wanted}, but it {_went(need)}"
    return _JOINS[join](joined)


def _went(need: NeedEnd) -> str:
    return need.status if need.status in {NodeStatus.SUCCEEDED, NodeStatus.FAILED} else f"was {need.status}"


@dataclass(frozen=True, slots=True)
class Tries:
    """What one node has used up.

    Attributes:
        counted: failed attempts that count against its policy.
        transient, conflicts: failures that only count against the policy's own caps for them.
        lost: attempts that were cut short by the death of an engine, or came before the node was opened again.
    """

    counted: int = 0
    transient: int = 0
    lost: int = 0
    conflicts: int = 0

    @property
    def number(self) -> int:
        """How many attempts there have been."""
        return self.counted + self.transient + self.lost + self.conflicts

    def after(self, kind: FailureKind) -> "Tries":
        """The same with one more failure of ``kind``."""
        if kind == FailureKind.TRANSIENT:
            return replace(self, transient=self.transient + 1)
        if kind == FailureKind.CONFLICT:
            return replace(self, conflicts=self.conflicts + 1)
        return replace(self, counted=self.counted + 1)


def retry_wait(policy: RetryPolicy, kind: FailureKind, *, tries: Tries, chance: float) -> float | None:
    """Seconds to wait before the next attempt, or ``None`` where there is none.

    Args:
        policy: the node's.
        kind: why the attempt failed. Transient failures are always retried, up to their own cap; conflicts too,
            where the policy retries them at all.
        tries: what is used up, this failure included.
        chance: uniform in [0, 1), the caller's random number.
    """
    if kind == FailureKind.TRANSIENT:
        used, may_retry = tries.transient, tries.transient <= policy.max_transient
    elif kind == FailureKind.CONFLICT:
        used, may_retry = tries.conflicts, kind in policy.on and tries.conflicts <= policy.max_conflicts
    else:
        used, may_retry = tries.counted, kind in policy.on and tries.counted < policy.max_attempts
    return full_jitter(policy.backoff, used - 1, chance=chance) if may_retry else None


def full_jitter(backoff: Backoff, retry: int, *, chance: float) -> float:
    """The wait in seconds before retry ``retry`` (from 0); see :class:`Backoff` for the formula."""
    exponent = min(retry, 64)  # beyond that the cap has long been reached, and floats overflow
    return chance * min(backoff.cap, backoff.base * backoff.factor**exponent)


def over_limit(limits: Limits, spent: Usage) -> str:
    """Which of the run's limits ``spent`` has reached, in words; ``""`` where none. A limit of 0 is none."""
    if limits.usd_micros and spent.usd_micros >= limits.usd_micros:
        return f"limits.usd: {spent.usd_micros / 1_000_000:g} of {limits.usd_micros / 1_000_000:g} USD are spent"
    if limits.tokens and spent.input + spent.output >= limits.tokens:
        return f"limits.tokens: {spent.input + spent.output:,} of {limits.tokens:,} tokens are used"
    return ""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """What decides how a run ended.

    Attributes:
        statuses: of the top-level nodes that are not tolerated to fail.
        interrupted: somebody asked the run to stop.
        exhausted: which limit ended it; ``""`` where none did.
        landed: whether anything of the run's work reached its result.
    """

    statuses: Sequence[NodeStatus]
    interrupted: bool = False
    exhausted: str = ""
    landed: bool = False


def run_status(end: RunEnd) -> RunStatus:
    """The first that applies, in the order in which exit codes take precedence."""
    failed = any(status in {NodeStatus.FAILED, NodeStatus.CANCELLED} for status in end.statuses)
    if end.interrupted:
        return RunStatus.INTERRUPTED
    if end.exhausted:
        return RunStatus.BUDGET
    if NodeStatus.BLOCKED in end.statuses:
        return RunStatus.BLOCKED
    if failed:
        return RunStatus.PARTIAL if end.landed else RunStatus.FAILED
    return RunStatus.SUCCEEDED
