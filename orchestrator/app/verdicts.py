"""What ``rung validate`` has said before, where the runs of the project are kept: the same is not judged twice."""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from orchestrator._version import __version__
from orchestrator.domain.assessment import Assessment
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.errors import JournalError
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.state import open_state
from orchestrator.validation.packs import StageName
from orchestrator.validation.pipeline.memory import as_cached, is_lasting

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_TOOL = f"validate {__version__}"
_LARGEST = 8 << 20
"""Characters of one verdict; a larger one is not kept."""
_ALL = 64 << 20
"""Bytes of all of them; the oldest go first."""


@dataclass(slots=True)
class Verdicts:
    """Keeps assessments by their keys, SHA-256 in hexadecimal, from call to call. What goes wrong there stops nobody.

    Attributes:
        state: the folder that the runs of the project share.
        is_fresh: whether to look nothing up: only what is made now is kept.
        faults: why something could not be read or kept, one line each.
    """

    state: Path
    is_fresh: bool = False
    faults: list[str] = field(default_factory=list)

    async def recall(self, key: str, make: Callable[[], Awaitable[Assessment]]) -> Assessment:
        """What was kept under ``key``, with its stages marked as cached; else what ``make`` makes now."""
        known = None if self.is_fresh else await anyio.to_thread.run_sync(self._get, key)
        if known is not None:
            return as_cached(known)
        made = await make()
        if is_durable(made):
            await anyio.to_thread.run_sync(partial(self._put, key, made))
        return made

    def _get(self, key: str) -> Assessment | None:
        try:
            with open_state(self.state) as database:
                said = NodeCache(database).get(key)
            return None if said is None else _adapter().validate_python(said, strict=False)
        except (JournalError, OSError) as error:
            self.faults.append(f"earlier verdicts cannot be read: {error}")
        except ValueError:  # another version wrote it, in another form
            pass
        return None

    def _put(self, key: str, made: Assessment) -> None:
        result = _adapter().dump_python(made, mode="json")
        if len(json.dumps(result)) > _LARGEST:
            return
        try:
            with open_state(self.state) as database:
                kept = NodeCache(database)
                kept.put(key, result, at=time.time(), tool=_TOOL)
                kept.keep_newest(_TOOL, size=_ALL)
        except (JournalError, OSError) as error:
            self.faults.append(f"this verdict cannot be kept: {error}")


def is_durable(assessment: Assessment) -> bool:
    """Whether the same tree would be assessed the same on another day, on this machine.

    Not where a tool failed or is missing, or a test was flaky; not where something ran out of time, crashed or left a
    report that breaks off; and not where dependencies were brought in or nothing was looked at.
    """
    stages = assessment.stages
    if assessment.status not in {VerdictStatus.PASSED, VerdictStatus.FAILED} or not is_lasting(assessment):
        return False
    if any(one.name == StageName.SETUP or one.status is VerdictStatus.TOOL_ERROR for one in stages):
        return False
    return not any(_is_chance(one) for stage in stages for one in stage.errors)


def _is_chance(finding: Finding) -> bool:
    """Whether a busy machine may have a part in it. A test that raises an error has ended as it always will."""
    is_crash = finding.failure_class is FailureClass.RUNTIME and not finding.test
    return is_crash or finding.failure_class is FailureClass.TIMEOUT


@cache
def _adapter() -> "TypeAdapter[Assessment]":
    from pydantic import TypeAdapter

    return TypeAdapter(Assessment)
