"""Runs tests once more where one run of a base and one of a candidate do not tell what is fixed, and what is worse."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.validation.judgement.chance import (
    confirmed,
    excused,
    failing,
    incurred,
    newly_passing,
    once_more,
    passing,
)

__all__ = ["Look", "Sides", "in_turns"]

_SAME = 0
_NEXT = 1
_OTHERS = (1, 2)
Look: TypeAlias = Callable[[Scope], Awaitable[Assessment]]
"""Says what the checks find in a tree, as far as a scope goes."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Say what the checks find in a base and in its candidate, as far as a scope goes."""

    base: Look
    candidate: Look


async def in_turns(before: Assessment, after: Assessment, *, scope: Scope, sides: Sides) -> Assessment:
    """``after``, the candidate's, as far as it holds in other turns of the tests than the first.

    A test that fails in the base and passes in the candidate is run once more in the next turn; where it fails then it
    is flaky: not fixed. One that passes in the base and is flaky in the candidate is flaky no longer where it fails
    again in the same turn and passes in the base in each: then the candidate has made it depend on chance, and it has
    failed. Only such tests are run, and nothing where there are none.

    Args:
        before: what the first turn says of the base.
        after: of the candidate, its new failures run again.
        scope: what was looked at in both.
        sides: run the tests.
    """
    if doubted := newly_passing(before, after):
        after = confirmed(after, await sides.candidate(once_more(scope, doubted, turn=_NEXT)), tests=doubted)
    blamed = excused(before, after)
    if blamed:
        blamed = failing(await sides.candidate(once_more(scope, blamed, turn=_SAME)), blamed)
    for turn in _OTHERS:
        if blamed:
            blamed = passing(await sides.base(once_more(scope, blamed, turn=turn)), blamed)
    return incurred(after, blamed)
