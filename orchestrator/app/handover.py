"""Handing over what a run has landed, as a person wishes: on its branch, in their own files, or as a patch."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.events import CandidateJudged, CandidateLanded, Event
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import RunStatus
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.errors import GitError, InputError, OverwriteError, Problem, RepositoryError, UnsafeTreeError
from orchestrator.report import RunState, json_text
from orchestrator.workspace.landing import save_patch
from orchestrator.workspace.moving import recorded_moves
from orchestrator.workspace.repository import RunRepository

PATCH, REPORT = "patch.diff", "report.json"
"""The files of a patch's folder."""

_NAMED = 5
_EXPECTED = (GitError, OSError, OverwriteError, RepositoryError, UnsafeTreeError)


class Way(StrEnum):
    """Where a result goes beside the branch, which there is wherever there is a commit to put it on."""

    BRANCH = "branch"
    """Nowhere."""
    APPLY = "apply"
    """Into the user's own files."""
    PATCH = "patch"
    """Into new files in a folder."""


@dataclass(frozen=True, slots=True)
class Handover:
    """How a person wants the result.

    Attributes:
        folder: of the patch, absolute; ``None`` for the other ways.
    """

    way: Way = Way.BRANCH
    folder: Path | None = None

    def check(self, *, is_new: bool) -> None:
        """Find out before anything is run that the patch could not be written.

        Args:
            is_new: whether the run is; an earlier engine of one that is not may have written the patch.

        Raises:
            InputError: there are such files already, or the folder is something else.
        """
        if self.folder is None:
            return
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError([Problem(file=str(self.folder), what="it is not a folder")])
        names = (PATCH, REPORT) if is_new else (REPORT,)
        if there := next((path for name in names if _exists(path := self.folder / name)), None):
            raise InputError([Problem(file=str(there), what="it exists", hint="name another folder")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What became of that wish.

    Attributes:
        is_applied: whether the user's files hold the result now.
        patch_file: the patch that was written, absolute; ``""`` where none was.
        fault: why the result could not be handed over as wished, one line; ``""`` where it could.
        notes: what a person should know besides, a line each.
    """

    is_applied: bool = False
    patch_file: str = ""
    fault: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that an engine has ended, or had ended before.

    Attributes:
        repository: the run's own; ``None`` for a run that edits nothing.
        events: all of them.
        asked_for: whether somebody has seen how it ended and wants the result all the same.
    """

    repository: RunRepository | None
    events: Sequence[Event]
    status: RunStatus
    asked_for: bool = False


async def hand_over(ended: Ended, wish: Handover) -> Handed:
    """Hand the result over. What a kill interrupted on its way into the user's files is finished first.

    The run is the caller's alone while this works. Every expected failure is a ``fault``: the run has ended as it
    has, and its branch stays.
    """
    try:
        finished = await _finished(ended.repository)
        handed = await _WAYS[wish.way](ended, wish)
    except _EXPECTED as error:
        return Handed(fault=f"the result is not handed over: {_line(error)}")
    return replace(handed, notes=(*finished, *handed.notes))


def unverified(events: Iterable[Event]) -> tuple[NodeId, ...]:
    """The nodes whose landed edit nothing speaks for: it did not pass, or the verdict rests on nothing."""
    judged: dict[NodeId, CandidateJudged] = {}
    found: dict[NodeId, None] = {}
    for event in events:
        if isinstance(event, CandidateJudged):
            judged[event.node] = event
        elif isinstance(event, CandidateLanded) and not _speaks_for_it(judged.get(event.node)):
            found[event.node] = None
    return tuple(found)


def _speaks_for_it(judged: CandidateJudged | None) -> bool:
    return judged is not None and judged.verdict is VerdictStatus.PASSED and judged.evidence is not Evidence.NONE


async def _finished(repository: RunRepository | None) -> tuple[str, ...]:
    if repository is None or not await repository.results.finish():
        return ()
    return ("what was interrupted on its way into your files has been finished",)


async def _leave(ended: Ended, wish: Handover) -> Handed:
    del wish
    repository = ended.repository
    return Handed(is_applied=repository is not None and bool(recorded_moves(repository.store).done))


async def _apply(ended: Ended, wish: Handover) -> Handed:
    repository = ended.repository
    if repository is None or await repository.head() == repository.facts.base:
        return Handed()
    if why := _withheld(ended):
        return replace(await _leave(ended, wish), notes=(f"the result is not applied to your files: {why}",))
    done = recorded_moves(repository.store).done
    now = done[-1][1] if done else repository.facts.tree
    result = await repository.tree_of(await repository.head())
    if now != result:
        await repository.results.apply_to_user_tree(now, result)
    return Handed(is_applied=True)


def _withheld(ended: Ended) -> str:
    """Why a result is not applied by itself; ``""`` where it is."""
    if nodes := unverified(ended.events):
        more = f" and {len(nodes) - _NAMED} more" * (len(nodes) > _NAMED)
        return f"no check speaks for {', '.join(nodes[:_NAMED])}{more} (take it as a branch or a patch)"
    if ended.status is RunStatus.SUCCEEDED or ended.asked_for:
        return ""
    state = _state(ended)
    return f"the run is {ended.status} (to apply it all the same: rung resume {state.run} --apply)"


async def _write_patch(ended: Ended, wish: Handover) -> Handed:
    assert wish.folder is not None, "given with this way"
    handed, state = await _leave(ended, wish), _state(ended)
    await anyio.to_thread.run_sync(partial(wish.folder.mkdir, parents=True, exist_ok=True))
    if ended.repository and (patch := await _patch(ended.repository)):
        path = wish.folder / PATCH
        if not (path.is_file() and path.read_bytes() == patch):
            await anyio.to_thread.run_sync(save_patch, path, patch)
        handed = replace(handed, patch_file=str(path))
    state.is_applied, state.patch_file = handed.is_applied, handed.patch_file
    await anyio.to_thread.run_sync(save_patch, wish.folder / REPORT, json_text(state).encode())
    return handed


async def _patch(repository: RunRepository) -> bytes:
    result = await repository.tree_of(await repository.head())
    return (await repository.diff(repository.facts.tree, result)).encode("utf-8", "surrogateescape")


def _state(ended: Ended) -> RunState:
    state = RunState()
    for event in ended.events:
        state.on_event(event)
    return state


def _line(error: Exception) -> str:
    return "; ".join(str(error).splitlines())


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


_WAYS: Mapping[Way, Callable[[Ended, Handover], Awaitable[Handed]]] = {
    Way.BRANCH: _leave,
    Way.APPLY: _apply,
    Way.PATCH: _write_patch,
}
