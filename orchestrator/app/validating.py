"""Judges a person's files by their projects' own checks, in a copy and in the sandbox."""

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.app.confinement import Confinement, confine
from orchestrator.app.copyroom import Copy, copy_room
from orchestrator.app.generated import generated_in, lay_generated
from orchestrator.app.packs import own_packs
from orchestrator.app.rooms import MOST_READ, make_desk, reader
from orchestrator.app.stores import state_root
from orchestrator.app.surroundings import Surroundings
from orchestrator.app.trees import (
    Source,
    copy_commit,
    copy_work_tree,
    dependency_folders,
    find_source,
)
from orchestrator.app.turns import Look, Sides, in_turns
from orchestrator.app.verdicts import Verdicts
from orchestrator.config import Loaded
from orchestrator.config.validate import stage_overrides
from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.judgement import Validation, told_by_chance
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.errors import InputError, Problem
from orchestrator.sandbox import LocalRunner
from orchestrator.validation.judgement import Edit, blind_stages, judged
from orchestrator.validation.packs import Read, detect
from orchestrator.validation.pipeline import Bench, Room, assess
from orchestrator.validation.pipeline.planning import plan_parts

_REMEMBERED = "remembered: files, commands and tools are as they were when this was judged; --fresh judges anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRequest:
    """What is to be judged.

    Attributes:
        path: a folder, absolute and resolved.
        base: a commit to compare with; ``""`` for none.
        stages: names of those that run; empty for all.
        is_fresh: whether to judge anew what was judged before.
    """

    path: Path
    base: str = ""
    stages: frozenset[str] = frozenset()
    is_fresh: bool = False


async def validate(request: ValidationRequest, loaded: Loaded, *, environ: Mapping[str, str]) -> Validation:
    """Judge the files at ``request.path`` as they are now. Nothing is written there.

    What was judged before, with the same tools, settings and surroundings, is remembered in the state folder and not
    judged again: its stages are ``cached``, and a notice says so.

    Raises:
        InputError: there is no such folder, or no such base.
        SandboxUnavailableError: it cannot be had, and it is not switched off. Nothing has run.
        RepositoryError, GitError: git refuses the repository, or failed.
        ConfigError: a pack cannot be used.
    """
    if not request.path.is_dir():
        raise InputError([Problem(file=str(request.path), what="it is not a folder")])
    source = await find_source(request.path, environ)
    packs = own_packs(source.root, environ)
    with tempfile.TemporaryDirectory(prefix="rung-validate-", ignore_cleanup_errors=True) as scratch:
        confinement = await confine(loaded.settings, cwd=source.root, host=LocalRunner(), env=environ, scratch=scratch)
        folders, git = await dependency_folders(source), await source.view()
        judge = _Judge(
            source,
            Path(scratch),
            confinement,
            Bench(packs=packs, overrides=stage_overrides(loaded.settings.validation)),
            Surroundings(settings=loaded.settings, confinement=confinement, root=source.root, folders=folders, git=git),
            Verdicts(await state_root(source.root, environ), request.is_fresh),
        )
        return await _validated(judge, request)


async def _validated(judge: "_Judge", request: ValidationRequest) -> Validation:
    below = request.path.relative_to(judge.source.root).as_posix()
    scope = Scope(stages=request.stages, below="" if below == "." else below)
    if not request.base:
        assessment = await judge.assess(await judge.room("tree"), scope)
        return Validation(status=assessment.status, assessment=_told(assessment, judge))
    before = await judge.room("base", commit=request.base)
    base = await judge.assess(before, scope)
    after = replace(await judge.room("tree"), read=before.read)
    failed = frozenset(test.id for stage in base.stages for test in stage.failed_tests)
    assessment = await judge.assess(after, replace(scope, known=failed))
    edit = await anyio.to_thread.run_sync(_edit, before, after)
    judgement = judged(base, assessment, edit=edit)
    if not judgement.regressions:
        sides = Sides(judge.afresh("base-again", commit=request.base), judge.afresh("tree-again", read=before.read))
        assessment = await in_turns(base, assessment, scope=scope, sides=sides)
        judgement = judged(base, assessment, edit=edit)
    status = assessment.status
    blind = blind_stages(base, assessment)
    if status is VerdictStatus.FAILED and not judgement.regressions and not blind:
        status = VerdictStatus.PASSED
    told = _told(assessment, judge)
    lines = [f"{name} fails in both and names neither tests nor places: what is new cannot be told" for name in blind]
    told = replace(told, notices=(*told.notices, *lines, *map(told_by_chance, judgement.unsteady)))
    return Validation(status=status, assessment=told, base=request.base, judgement=judgement)


def _told(assessment: Assessment, judge: "_Judge") -> Assessment:
    remembered = (_REMEMBERED,) if any(stage.cached for stage in assessment.stages) else ()
    notices = (*assessment.notices, *map(str, judge.bench.packs.notices), *judge.verdicts.faults, *remembered)
    return replace(assessment, notices=notices)


def _edit(before: Room, after: Room) -> Edit:
    names = {*before.files, *after.files}
    changed = [name for name in names if _bytes(before, name) != _bytes(after, name)]
    return Edit(files=frozenset(changed), before=partial(_lines, before), after=partial(_lines, after))


def _bytes(room: Room, name: str) -> str | None:
    return room.text(name, limit=MOST_READ)


def _lines(room: Room, name: str) -> list[str]:
    return (_bytes(room, name) or "").splitlines()


@dataclass(frozen=True, slots=True)
class _Judge:
    """What the rooms of one validation share."""

    source: Source
    scratch: Path
    confinement: Confinement
    bench: Bench
    surroundings: Surroundings
    verdicts: Verdicts

    async def assess(self, room: Room, scope: Scope) -> Assessment:
        """What the checks say of the tree in ``room``; what they said before, where nothing has changed."""
        parts = await plan_parts(room, self.bench, scope=scope)
        commands = [command for part in parts for command in part.commands]
        key = await anyio.to_thread.run_sync(partial(self.surroundings.key, room, scope, commands=commands))
        return await self.verdicts.recall(key, partial(assess, room, self.bench, scope=scope))

    def afresh(self, name: str, *, commit: str = "", read: Read | None = None) -> Look:
        """Assesses the tree as :meth:`room` copies it, each time in a new copy; ``read`` stands in for the room's."""
        count = itertools.count()

        async def look(scope: Scope) -> Assessment:
            room = await self.room(f"{name}-{next(count)}", commit=commit)
            return await self.assess(replace(room, read=read or room.read), scope)

        return look

    async def room(self, name: str, *, commit: str = "") -> Room:
        """A copy of the work tree, or of ``commit``, to run checks in."""
        folder, desk = self.scratch / name, self.scratch / f"{name}-desk"
        if commit:
            files = await copy_commit(self.source, commit, target=folder)
        else:
            files = await copy_work_tree(self.source, folder)
        await self._lay_generated(folder, files, commit=commit)
        make_desk(desk)
        copy = Copy(
            folder=folder,
            desk=desk,
            root=self.source.root,
            folders=self.surroundings.folders,
            files=files,
            read=reader(folder),
            git=self.surroundings.git,
        )
        return copy_room(copy, self.confinement)

    async def _lay_generated(self, folder: Path, files: Sequence[str], *, commit: str) -> None:
        """What was generated in the work tree, but for what was made of files that are others in ``commit``."""
        source, packs = self.source, self.bench.packs
        if source.git is None or source.repository is None:
            return
        texts = await generated_in(
            source.git, source.root, known=lambda: (detect(files, reader(folder), packs=packs), packs)
        )
        args = ("diff", "--name-only", "-z", "--no-ext-diff", "--end-of-options", commit, "--")
        changed = (await source.git.ask(args, source.root)).fields() if texts and commit else ()
        await lay_generated(folder, texts, changed=changed)
