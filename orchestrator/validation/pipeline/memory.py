"""Remembers assessments: one that several nodes want at once is made once, and one that was made is not made again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import anyio

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.verdict import VerdictStatus

__all__ = ["Memory", "as_cached", "is_lasting"]


@dataclass(slots=True)
class Memory:
    """Assessments by their keys, for one process.

    What a tool's own failure, or flaky tests, had a part in is not remembered: next time it may be otherwise. That a
    tool is missing is: nobody installs one meanwhile.
    """

    _made: dict[str, Assessment] = field(default_factory=dict)
    _making: dict[str, anyio.Lock] = field(default_factory=dict)

    async def recall(self, key: str, make: Callable[[], Awaitable[Assessment]]) -> Assessment:
        """What was made under ``key``, with its stages marked as cached; else what ``make`` makes now.

        While one caller makes it the others wait for it. Where it fails, or is cancelled, the next one tries.
        """
        if key in self._made:
            return as_cached(self._made[key])
        async with self._making.setdefault(key, anyio.Lock()):
            if key in self._made:
                return as_cached(self._made[key])
            made = await make()
            if is_lasting(made):
                self._made[key] = made
            return made


def as_cached(assessment: Assessment) -> Assessment:
    """``assessment``, said to be remembered."""
    return replace(assessment, stages=tuple(replace(stage, cached=True) for stage in assessment.stages))


def is_lasting(assessment: Assessment) -> bool:
    """Whether the same tree would be assessed the same again: a tool that is not there does not come of itself."""
    stages = assessment.stages
    has_failed = any(stage.status is VerdictStatus.TOOL_ERROR and not stage.is_lacking for stage in stages)
    return not has_failed and not any(test.status == "flaky" for stage in stages for test in stage.tests)
