"""Where changes are tried for one order: one room, whose files are rewritten from trial to trial.

What was built of the base, and from one trial to the next, is still there: a rewritten file is always newer than what
was made of it. Where a build may not know what it is made of, the trial is made in a copy of its own, from nothing.
The word on a candidate is not spoken here but always in such a copy (:mod:`orchestrator.app.jury`).
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.jury import PackJury
from orchestrator.app.roomtexts import RoomTexts
from orchestrator.app.searchable import SEARCHABLE, Premises
from orchestrator.domain.assessment import Assessment, Scope, Unit
from orchestrator.domain.command import Command
from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun
from orchestrator.domain.finding import Finding
from orchestrator.domain.fixing import FixOrder
from orchestrator.domain.intent import permitted
from orchestrator.domain.judgement import Comparison, Target
from orchestrator.domain.verdict import CaseStatus
from orchestrator.fixers.bench import Judgement, Probe
from orchestrator.fixers.fixer import OrderBench, SearchSite
from orchestrator.validation.judgement import Edit, judged
from orchestrator.validation.pipeline import Room, assess

_PROBE_SECONDS = 120.0
_TEST = "test"
_USUAL = {"python": "python3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBenches:
    """Implements :class:`orchestrator.fixers.fixer.Benches` with rooms of a run."""

    jury: PackJury

    @asynccontextmanager
    async def open(self, order: FixOrder) -> AsyncIterator[OrderBench]:
        """See the port."""
        base = await self.jury.assess(order.base, Scope(below=order.below))
        async with self.jury.trials.open(order.base) as room:
            yield TrialBench(jury=self.jury, order=order, base=base, room=room)


class _Over(Mapping[str, str]):
    """``below`` with ``changes`` laid over it."""

    def __init__(self, below: Mapping[str, str], changes: Mapping[str, str]) -> None:
        self._below, self._changes = below, changes

    def __getitem__(self, name: str) -> str:
        return self._changes[name] if name in self._changes else self._below[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._below
        yield from (name for name in self._changes if name not in self._below)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(slots=True, kw_only=True)
class TrialBench:
    """Implements :class:`orchestrator.fixers.fixer.OrderBench`.

    Names of files are below the folder of the project that the order is about; that of the repository, where it is
    about several.

    Attributes:
        base: what the checks say of the order's base.
        room: holds the base's files, and what the last trial made of them.
    """

    jury: PackJury
    order: FixOrder
    base: Assessment
    room: Room
    _texts: RoomTexts = field(init=False)
    _laid: Mapping[str, str] = field(default_factory=dict)
    _judged: dict[tuple[tuple[str, str], ...], tuple[Assessment, Comparison]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        below = (name[len(self.prefix) :] for name in self.room.files if name.startswith(self.prefix))
        bottom = (self.room.folder, *self.room.lowers)[-1]
        self._texts = RoomTexts(Path(bottom, self.prefix), below)

    @property
    def prefix(self) -> str:
        """See the protocol."""
        roots = {target.unit.root for target in self.order.targets}
        root = roots.pop() if len(roots) == 1 else ""
        return f"{root}/" if root else ""

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        """See the port. Progress counts the order's targets alone; what else fails in the base is no part of it."""
        after, comparison = await self._compared(changes)
        return Judgement(
            progress=_progress(self._reached, comparison, is_barred=self._is_barred(changes)),
            diagnosis=Diagnosis(
                texts=_Over(self._texts, changes),
                findings=self._ours(after),
                changes=dict(changes),
                accept=self.order.accept,
            ),
        )

    async def failing(self, unit: Unit, changes: Mapping[str, str]) -> tuple[str, ...]:
        """See the port."""
        before, after = (one.stage(_TEST, unit) for one in (self.base, (await self._compared(changes))[0]))
        passed = {test.id for test in after.tests if test.status is CaseStatus.PASSED} if after else set[str]()
        return tuple(test.id for test in before.failed_tests if test.id not in passed) if before else ()

    async def left(self, changes: Mapping[str, str]) -> tuple[Target, ...]:
        """See the port."""
        return (await self._compared(changes))[1].left

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        """See the port; a probe that takes more than two minutes has said nothing."""
        await self._lay(changes)
        room = self.room
        command = Command(argv=probe.argv, cwd=self._root, env=room.env, stdin=probe.stdin.encode())
        with anyio.move_on_after(_PROBE_SECONDS):
            result = await room.runner.run(command)
            return ToolRun(argv=probe.argv, stdout=result.stdout, stderr=result.stderr, exit_code=result.exit_code)
        return ToolRun(argv=probe.argv, exit_code=-1)

    def site(self, unit: Unit, changes: Mapping[str, str]) -> SearchSite | None:
        """See the port: languages of :data:`orchestrator.app.searchable.SEARCHABLE` can be searched."""
        project = next((one for one in self.jury.projects if (one.root, one.pack) == (unit.root, unit.pack)), None)
        searchable = SEARCHABLE.get(unit.pack)
        if project is None or searchable is None or project.path("") != self.prefix:
            return None
        premises = Premises(
            root=self._root,
            own=project.own,
            texts=_Over(self._texts, changes),
            tests=self.jury.bench.packs.packs[project.pack].tests.files,
            env=self.room.env,
            is_barred=lambda name: self._is_barred({name: ""}),
            program=lambda tool: self._program(unit, tool),
        )
        target = searchable(premises)
        return SearchSite(target=target, runner=self.room.runner)

    @property
    def _root(self) -> str:
        return f"{self.room.root}/{self.prefix}".rstrip("/")

    def _is_barred(self, changes: Mapping[str, str]) -> bool:
        """Whether it touches what a repair must leave alone."""
        permits = permitted(self.order.accept)
        return bool(self.jury.protected([self.prefix + name for name in changes], permits=permits))

    def _program(self, unit: Unit, tool: str) -> str:
        """The one that the project's own commands use; ``python3`` for ``python`` where none is known."""
        shelf = self.jury.bench.shelf.found
        found = (tools for (root, pack, _), tools in shelf.items() if (root, pack) == (unit.root, unit.pack))
        return next((tools[tool].program for tools in found if tool in tools), _USUAL.get(tool, tool))

    @property
    def _reached(self) -> int:
        """How far the base came."""
        return judged(self.base, self.base, targets=self.order.targets).stages_passed

    async def _compared(self, changes: Mapping[str, str]) -> tuple[Assessment, Comparison]:
        key = tuple(sorted(changes.items()))
        if key not in self._judged:
            after = await self._assessed(changes) if changes else self.base
            comparison = judged(self.base, after, targets=self.order.targets, edit=self._edit(changes))
            self._judged[key] = (after, comparison)
        return self._judged[key]

    async def _assessed(self, changes: Mapping[str, str]) -> Assessment:
        if not self.jury.included(self._paths(changes)):
            await self._lay(changes)
            return await self._said(self.room, changes)
        async with self.jury.rooms.open(self.order.base) as room:
            await anyio.to_thread.run_sync(self._write, room, changes)
            return await self._said(room, changes)

    async def _said(self, room: Room, changes: Mapping[str, str]) -> Assessment:
        failed = frozenset(test.id for stage in self.base.stages for test in stage.failed_tests)
        scope = Scope(changed=self._paths(changes), known=failed, below=self.order.below)
        said = await assess(room, self.jury.bench, scope=scope)
        return said if self._tells(said) else await assess(room, self.jury.bench, scope=replace(scope, changed=None))

    def _tells(self, said: Assessment) -> bool:
        """Whether no choice of tests has left out one that is to pass."""
        chosen = {(one.name, one.unit): {test.id for test in one.tests} for one in said.stages if one.is_narrowed}
        wanted = (one for one in self.order.targets if one.is_test and (one.stage, one.unit) in chosen)
        return all(one.name in chosen[one.stage, one.unit] for one in wanted)

    def _paths(self, changes: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(sorted(self.prefix + name for name in changes))

    async def _lay(self, changes: Mapping[str, str]) -> None:
        """Have the base's files in the room, with ``changes`` over them."""
        if changes != self._laid:
            wanted = {**{name: self._texts[name] for name in self._laid}, **changes}
            there = {name: self._laid.get(name, self._texts.get(name)) for name in wanted}
            new = {name: text for name, text in wanted.items() if there[name] != text}
            await anyio.to_thread.run_sync(self._write, self.room, new)
            self._laid = dict(changes)

    def _write(self, room: Room, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            room.rewrite(self.prefix + name, text)

    def _edit(self, changes: Mapping[str, str]) -> Edit:
        return Edit(
            files=frozenset(self._paths(changes)),
            before=lambda file: self._texts.get(file.removeprefix(self.prefix), "").splitlines(),
            after=lambda file: changes.get(file.removeprefix(self.prefix), "").splitlines(),
        )

    def _ours(self, after: Assessment) -> tuple[Finding, ...]:
        """What is wrong as far as it concerns the order: its targets, and what the base did not show."""
        wanted = {target.name for target in self.order.targets}
        others = {_name(one) for stage in self.base.stages for one in stage.errors} - wanted
        found = (one for stage in after.stages for one in stage.errors if _name(one) not in others)
        return tuple(replace(one, file=one.file.removeprefix(self.prefix)) for one in found)


def _name(finding: Finding) -> str:
    return finding.test or finding.fingerprint


def _progress(reached: int, comparison: Comparison, *, is_barred: bool) -> Progress:
    """``is_barred``: it changes what a repair must not; then nothing that it reaches counts."""
    short = max(0, reached - comparison.stages_passed)
    return Progress(
        stages_left=short + (1000 if is_barred else 0),
        targets_left=len(comparison.left),
        new_findings=len(comparison.regressions),
    )
