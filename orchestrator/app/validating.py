"""Judges a person's files by their projects' own checks, in a copy and in the sandbox."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.app.confinement import Confinement, confine
from orchestrator.app.rooms import DESK, MOST_READ, desk_overlay, make_desk, reader
from orchestrator.app.trees import (
    DEPENDENCIES,
    Source,
    copy_commit,
    copy_work_tree,
    dependency_folders,
    find_source,
)
from orchestrator.config import Loaded
from orchestrator.config.trust import FOLDER, brought_by, is_trusted
from orchestrator.config.validate import stage_overrides
from orchestrator.domain.assessment import Assessment, Scope, Unit
from orchestrator.domain.judgement import Validation
from orchestrator.domain.sandbox import Bind, Overlay, SandboxPolicy
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.errors import ConfigError, InputError, Problem
from orchestrator.resources import places
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.sandbox.toolchains import find_toolchain
from orchestrator.validation.judgement import Edit, blind_stages, judged
from orchestrator.validation.packs import Packs, Read, load_packs
from orchestrator.validation.pipeline import Bench, Room, assess


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRequest:
    """What is to be judged.

    Attributes:
        path: a folder, absolute and resolved.
        base: a commit to compare with; ``""`` for none.
        stages: names of those that run; empty for all.
    """

    path: Path
    base: str = ""
    stages: frozenset[str] = frozenset()


async def validate(request: ValidationRequest, loaded: Loaded, *, environ: Mapping[str, str]) -> Validation:
    """Judge the files at ``request.path`` as they are now. Nothing is written there.

    Raises:
        InputError: there is no such folder, or no such base.
        SandboxUnavailableError: it cannot be had, and it is not switched off. Nothing has run.
        RepositoryError, GitError: git refuses the repository, or failed.
        ConfigError: a pack cannot be used.
    """
    if not request.path.is_dir():
        raise InputError([Problem(file=str(request.path), what="it is not a folder")])
    source = await find_source(request.path, environ)
    packs = load_packs(places(request.path, environ), trusted=_are_packs_trusted(source.root, environ))
    with tempfile.TemporaryDirectory(prefix="rung-validate-", ignore_cleanup_errors=True) as scratch:
        confinement = await confine(loaded.settings, cwd=source.root, host=LocalRunner(), env=environ, scratch=scratch)
        judge = _Judge(
            source,
            Path(scratch),
            confinement,
            Bench(packs=packs, overrides=stage_overrides(loaded.settings.validation)),
        )
        return await _validated(judge, request)


def _are_packs_trusted(folder: Path, environ: Mapping[str, str]) -> bool:
    try:
        return any(one.path.name == FOLDER and is_trusted(one, environ) for one in brought_by(folder))
    except ConfigError:
        return False  # what cannot be read cannot be trusted; what of it counts says so by itself


async def _validated(judge: "_Judge", request: ValidationRequest) -> Validation:
    below = request.path.relative_to(judge.source.root).as_posix()
    scope = Scope(stages=request.stages, below="" if below == "." else below)
    if not request.base:
        assessment = await assess(await judge.room("tree"), judge.bench, scope=scope)
        return Validation(status=assessment.status, assessment=_told(assessment, judge.bench.packs))
    before = await judge.room("base", commit=request.base)
    base = await assess(before, judge.bench, scope=scope)
    after = replace(await judge.room("tree"), read=before.read)
    failed = frozenset(test.id for stage in base.stages for test in stage.failed_tests)
    assessment = await assess(after, judge.bench, scope=replace(scope, known=failed))
    judgement = judged(base, assessment, edit=await anyio.to_thread.run_sync(_edit, before, after))
    status = assessment.status
    blind = blind_stages(base, assessment)
    if status is VerdictStatus.FAILED and not judgement.regressions and not blind:
        status = VerdictStatus.PASSED
    told = _told(assessment, judge.bench.packs)
    lines = (f"{name} fails in both and names neither tests nor places: what is new cannot be told" for name in blind)
    told = replace(told, notices=(*told.notices, *lines))
    return Validation(status=status, assessment=told, base=request.base, judgement=judgement)


def _told(assessment: Assessment, packs: Packs) -> Assessment:
    return replace(assessment, notices=(*assessment.notices, *map(str, packs.notices)))


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

    async def room(self, name: str, *, commit: str = "") -> Room:
        """A copy of the work tree, or of ``commit``, to run checks in."""
        folder, desk = self.scratch / name, self.scratch / f"{name}-desk"
        if commit:
            files = await copy_commit(self.source, commit, target=folder)
        else:
            files = await copy_work_tree(self.source, folder)
        read = reader(folder)
        make_desk(desk)
        template = self.confinement.template
        if template is None:
            return self._bare(folder, desk, files=files, read=read)
        return await self._sandboxed(folder, desk, files=files, read=read)

    def _bare(self, folder: Path, desk: Path, *, files: tuple[str, ...], read: Read) -> Room:
        host = self.confinement.host
        return Room(
            files=files, read=read, folder=str(folder), root=str(folder),
            desk=str(desk / "upper"), desk_inside=str(desk / "upper"),
            runner=host, setup=host, seconds=self.confinement.seconds,
            env=self.confinement.env, isolation=f"off ({self.confinement.isolation})",
        )  # fmt: skip

    async def _sandboxed(self, folder: Path, desk: Path, *, files: tuple[str, ...], read: Read) -> Room:
        folders = await dependency_folders(self.source)
        policy = await self._policy(folder, desk, folders=folders)
        network = self.confinement.set_up_network
        return Room(
            files=files, read=read, folder=str(folder), root=str(self.source.root),
            installed=str(self.source.root) if folders else "", desk=str(desk / "upper"), desk_inside=DESK,
            runner=SandboxRunner(policy), setup=SandboxRunner(replace(policy, network=network)),
            is_offline=network == "none", prepared=tuple(map(_unit, folders)), seconds=self.confinement.seconds,
            env=self.confinement.env, isolation=str(self.confinement.record or self.confinement.isolation),
        )  # fmt: skip

    async def _policy(self, folder: Path, desk: Path, *, folders: tuple[str, ...]) -> SandboxPolicy:
        template, root = self.confinement.template, self.source.root
        assert template is not None, "asked for above"
        caches = [Overlay(lower=str(root / one), target=str(root / one)) for one in folders]
        known = {bind.inside for bind in template.readonly}
        roots = [bind for one in folders for bind in _interpreters(root / one) if bind.inside not in known]
        roots = [bind for bind in roots if not Path(bind.source).is_relative_to(root)]
        return replace(
            template,
            tree=str(folder),
            mount=str(root),
            git=await self.source.view(),
            readonly=(
                *template.readonly,
                *(one for one in dict.fromkeys(roots) if not Path(one.source).is_relative_to(root)),
            ),
            overlays=(*template.overlays, *caches, desk_overlay(desk)),
        )


def _interpreters(folder: Path) -> tuple[Bind, ...]:
    """What an environment of Python was made from."""
    found = find_toolchain("python", {"PATH": str(folder / "bin")})
    return found.roots if found else ()


def _unit(folder: str) -> Unit:
    root, _, name = folder.rpartition("/")
    return Unit(root=root, pack=DEPENDENCIES[name])
