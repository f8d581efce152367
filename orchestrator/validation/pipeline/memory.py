"""Remembers assessments: one that several nodes want at once is made once, and one that was made is not made again."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import anyio

from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.ports import ResultCache
from orchestrator.validation.packs import StageCommand

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Memory", "key_of"]

_FORMAT = 1
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "CI")
"""The variables that decide what a tool finds and says; each command's own ones count besides."""


@dataclass(slots=True)
class Memory:
    """Assessments by their keys, for one process; with a ``store`` also from run to run.

    What a tool's own failure, or flaky tests, had a part in is not remembered: next time it may be otherwise.
    """

    store: ResultCache | None = None
    _made: dict[str, Assessment] = field(default_factory=dict)
    _making: dict[str, anyio.Lock] = field(default_factory=dict)

    async def recall(self, key: str, make: Callable[[], Awaitable[Assessment]]) -> Assessment:
        """What was made under ``key``, with its stages marked as cached; else what ``make`` makes now.

        While one caller makes it the others wait for it. Where it fails, or is cancelled, the next one tries.
        """
        if key in self._made:
            return as_cached(self._made[key])
        async with self._making.setdefault(key, anyio.Lock()):
            known = self._made.get(key) or await self._stored(key)
            if known is not None:
                self._made[key] = known
                return as_cached(known)
            made = await make()
            if is_lasting(made):
                self._made[key] = made
                await self._keep(key, made)
            return made

    async def _stored(self, key: str) -> Assessment | None:
        if self.store is None:
            return None
        said = await self.store.get(key)
        return None if said is None else _adapter().validate_python(said, strict=False)

    async def _keep(self, key: str, made: Assessment) -> None:
        if self.store is not None:
            await self.store.put(key, _adapter().dump_python(made, mode="json"))


def as_cached(assessment: Assessment) -> Assessment:
    """``assessment``, said to be remembered."""
    return replace(assessment, stages=tuple(replace(stage, cached=True) for stage in assessment.stages))


def is_lasting(assessment: Assessment) -> bool:
    """Whether the same tree would be assessed the same again."""
    stages = assessment.stages
    return all(stage.status is not VerdictStatus.TOOL_ERROR for stage in stages) and not any(
        test.status == "flaky" for stage in stages for test in stage.tests
    )


def key_of(scope: Scope, commands: Sequence[StageCommand], *, env: Mapping[str, str], places: Sequence[str]) -> str:
    """A SHA-256 in hexadecimal of all that an assessment depends on.

    Args:
        scope: with the id of the tree.
        commands: as planned, with the versions of their tools.
        env: the environment that they start from.
        places: paths that differ from room to room and say nothing.
    """
    chosen = [sorted(scope.stages), scope.changed, scope.below, scope.known and sorted(scope.known), scope.tree]
    told = [[_bare(_told(one), places)] for one in commands]
    around = {name: env[name] for name in _ENVIRONMENT if name in env}
    text = json.dumps([_FORMAT, chosen, told, around], sort_keys=True, default=list)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _told(command: StageCommand) -> str:
    parts = [
        command.stage, command.pack, command.tool, command.argv, command.cwd, dict(command.env), command.timeout,
        command.idle, dict(command.writes), command.reports, command.parser, sorted(command.ok),
        sorted(command.findings), sorted(command.empty), command.evidence, sorted(command.ignore), command.min_score,
        command.is_optional, command.missing, dict(command.versions),
    ]  # fmt: skip
    return json.dumps(parts, sort_keys=True)


def _bare(text: str, places: Sequence[str]) -> str:
    for number, place in enumerate(places):
        text = text.replace(place, f"<{number}>")
    return text


@cache
def _adapter() -> "TypeAdapter[Assessment]":
    from pydantic import TypeAdapter

    return TypeAdapter(Assessment)
