"""Rooms in which changes are tried: laid over the copy in which their base was judged, with all that was built there.

A verdict is always made in a plain copy, from nothing: what was built before can be stale, and a build that does not
know it says "passed". But a trial is no verdict, and a base has been judged before anything is tried on it, as a base
or as the candidate that it was: so the copy in which that was done is kept, and each trial room is an overlay on it.
"""

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.copyroom import Copy, copy_room, layered_room
from orchestrator.app.copyrooms import CopyRooms
from orchestrator.domain.assessment import Assessment
from orchestrator.domain.sandbox import Overlay
from orchestrator.domain.tree import CommitId
from orchestrator.sandbox.layers import fault_of_overlays
from orchestrator.validation.packs import StageName
from orchestrator.validation.pipeline import Room
from orchestrator.workspace.removal import remove_tree

_MOST_KEPT = 2
"""Copies that nobody uses: of the base that is worked on, and of what may be the next one."""


@dataclass(slots=True, eq=False)
class _Kept:
    """A copy in which a commit was judged; nobody writes to it any more."""

    commit: CommitId
    copy: Copy
    stack: AsyncExitStack
    users: int = 0


@dataclass(slots=True, kw_only=True)
class TrialRooms:
    """Opens rooms for verdicts, and rooms for trials over those that were judged or tried on last. To be closed.

    Attributes:
        rooms: makes plain copies.
    """

    rooms: CopyRooms
    _kept: list[_Kept] = field(default_factory=list, init=False)
    _fault: str | None = field(default=None, init=False)

    async def judged(self, commit: CommitId, judge: Callable[[Room], Awaitable[Assessment]]) -> Assessment:
        """What ``judge`` says of a room as of :meth:`CopyRooms.open`; what was built in it is for trials.

        Nothing is kept where nothing was built, or a test was run: the next run of the tests might meet what it left.
        Nor where a file of the commit was changed, and where there is no sandbox, or no overlay on such a copy.

        Raises:
            GitError, OSError: as there.
        """
        async with AsyncExitStack() as stack:
            copy = await stack.enter_async_context(self.rooms.copy(commit))
            before = await anyio.to_thread.run_sync(_changed_at, copy)
            said = await judge(copy_room(copy, self.rooms.confinement))
            if _is_built(said) and await self._is_fit(copy, before):
                self._kept.append(_Kept(commit, copy, stack.pop_all()))
                await self._let_go(_MOST_KEPT)
            return said

    @asynccontextmanager
    async def open(self, commit: CommitId) -> AsyncIterator[Room]:
        """A room with the files of ``commit``, to be rewritten; over the copy in which it was judged, if that is kept.

        Raises:
            GitError, OSError: as of :meth:`CopyRooms.open`.
        """
        kept = next((one for one in reversed(self._kept) if one.commit == commit), None)
        if kept is None:
            async with self.rooms.open(commit) as room:
                yield room
            return
        layer = self.rooms.scratch / f"trial-{secrets.token_hex(8)}"
        kept.users += 1
        try:
            yield await anyio.to_thread.run_sync(partial(layered_room, kept.copy, self.rooms.confinement, layer=layer))
        finally:
            kept.users -= 1
            self._kept.sort(key=lambda one: one is kept)
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_remove, layer)
                await self._let_go(_MOST_KEPT)

    async def close(self) -> None:
        """Remove what is kept; no room may be open."""
        await self._let_go(0)

    async def _let_go(self, most: int) -> None:
        """Remove what nobody uses, beginning with what was longest of no use, until ``most`` of that are left."""
        while len(unused := [one for one in self._kept if not one.users]) > most:
            self._kept.remove(unused[0])
            with anyio.CancelScope(shield=True):
                await unused[0].stack.aclose()

    async def _is_fit(self, copy: Copy, before: Sequence[int]) -> bool:
        """Whether ``copy`` can be laid under trials, and holds what it held ``before``; old reports are removed."""
        if self.rooms.confinement.template is None or await anyio.to_thread.run_sync(_changed_at, copy) != before:
            return False
        if self._fault is None:
            probe = self.rooms.scratch / f"probe-{secrets.token_hex(8)}"
            self._fault = await anyio.to_thread.run_sync(_fault_over, copy, probe)
        if not self._fault:
            await anyio.to_thread.run_sync(_clear, copy)
        return not self._fault


def _is_built(said: Assessment) -> bool:
    names = {stage.name for stage in said.stages}
    return StageName.BUILD in names and StageName.TEST not in names


def _changed_at(copy: Copy) -> list[int]:
    """When the state of each file of the commit changed last; nobody can set that. -1 for one that is gone."""
    return [_changed(copy.folder / name) for name in copy.files]


def _changed(path: Path) -> int:
    try:
        return path.lstat().st_ctime_ns
    except (FileNotFoundError, NotADirectoryError):
        return -1


def _fault_over(copy: Copy, probe: Path) -> str:
    """Why no overlay can be mounted on ``copy``; ``""`` where one can."""
    probe.mkdir()
    try:
        return fault_of_overlays([Overlay(lower=str(copy.folder), target=str(copy.root), kept=str(probe))])
    finally:
        remove_tree(probe)


def _clear(copy: Copy) -> None:
    """Take away what is a command's own: of the desk only build output is handed on."""
    for scratch in (copy.desk / "upper").glob("*/scratch"):
        remove_tree(scratch)


def _remove(layer: Path) -> None:
    if os.path.lexists(layer):
        remove_tree(layer)
