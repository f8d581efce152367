"""Has recorded answers judged, and those that come out otherwise than recorded once more."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import anyio

from benchmarks.replay.agreement import Outcome, outcome_of
from benchmarks.replay.judging import Judge
from benchmarks.replay.recordings import Answer

__all__ = ["settled", "tried", "try_all"]

AGAIN = (1, 2)
"""The turns in which an answer is judged again that comes out otherwise than recorded: sets have other orders then."""


async def tried(judge: Judge, answer: Answer) -> Outcome:
    """Both verdicts on ``answer``."""
    first = outcome_of(answer, await judge.assess(answer))
    if not first.differs or first.is_late:
        return first
    return settled(first, [outcome_of(answer, await judge.assess(answer, turn=turn)) for turn in AGAIN])


def settled(first: Outcome, others: Sequence[Outcome]) -> Outcome:
    """``first``, which is steady where ``others``, of the same answer, say the same."""
    return replace(first, is_steady=all(other == first for other in others))


async def try_all(judge: Judge, given: Sequence[Answer], *, jobs: int, done: Callable[[Outcome], None]) -> None:
    """Judge each of ``given``, at most ``jobs`` at a time; ``done`` is told of each as it ends."""
    limiter = anyio.CapacityLimiter(jobs)

    async def one(answer: Answer) -> None:
        async with limiter:
            done(await tried(judge, answer))

    async with anyio.create_task_group() as group:
        for answer in given:
            group.start_soon(one, answer)
