"""Where changes are tried for one order: one room, whose files are rewritten from trial to trial.

What was built from one trial is still there in the next one: a rewritten file is always newer than what was made of
it. The word on a candidate is not spoken here but on a copy of its own (:mod:`orchestrator.app.jury`).
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.jury import PackJury
from orchestrator.app.roomtexts import RoomTexts
from orchestrator.domain.assessment import Assessment, Scope, Unit
from orchestrator.domain.command import Command
from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun
from orchestrator.domain.finding import Finding
from orchestrator.domain.fixing import FixOrder
from orchestrator.domain.judgement import Judgement as Comparison
from orchestrator.domain.judgement import Target
from orchestrator.fixers.bench import Judgement, Probe
from orchestrator.fixers.fixer import OrderBench, SearchSite
from orchestrator.fixers.search import SearchTarget
from orchestrator.validation.judgement import Edit, judged
from orchestrator.validation.packs.globs import matching
from orchestrator.validation.pipeline import Room, assess, beneath

_PROBE_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBenches:
    """Implements :class:`orchestrator.fixers.fixer.Benches` with rooms of a run."""

    jury: PackJury

    @asynccontextmanager
    async def open(self, order: FixOrder) -> AsyncIterator[OrderBench]:
        """See the port."""
        base = await self.jury.assess(order.base, Scope(below=order.below))
        async with self.jury.rooms.open(order.base) as room:
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
        self._texts = RoomTexts(Path(self.room.folder, self.prefix), below)

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
        """See the port: Python alone can be searched."""
        project = next((one for one in self.jury.projects if (one.root, one.pack) == (unit.root, unit.pack)), None)
        if project is None or project.pack != "python" or project.path("") != self.prefix:
            return None
        pack = self.jury.bench.packs.packs[project.pack]
        texts = _Over(self._texts, changes)
        sources = [name for name in matching(project.own, ("**/*.py",)) if name in texts]
        target = SearchTarget(
            root=self._root,
            texts={name: texts[name] for name in sources if not self._is_barred({name: ""})},
            tests=matching(project.own, pack.tests.files),
            python=(self._interpreter(unit),),
            env=self.room.env,
        )
        return SearchSite(target=target, runner=self.room.runner)

    @property
    def _root(self) -> str:
        return f"{self.room.root}/{self.prefix}".rstrip("/")

    def _is_barred(self, changes: Mapping[str, str]) -> bool:
        """Whether it touches what a repair must leave alone."""
        return bool(self.jury.protected([self.prefix + name for name in changes]))

    def _interpreter(self, unit: Unit) -> str:
        """The one that the project's own commands use."""
        shelf = self.jury.bench.shelf.found
        found = (tools for (root, pack, _), tools in shelf.items() if (root, pack) == (unit.root, unit.pack))
        return next((tools["python"].program for tools in found if "python" in tools), "python3")

    @property
    def _reached(self) -> int:
        """How far the base came."""
        return judged(self.base, self.base, targets=self.order.targets).progress.stage

    async def _compared(self, changes: Mapping[str, str]) -> tuple[Assessment, Comparison]:
        key = tuple(sorted(changes.items()))
        if key not in self._judged:
            after = await self._assessed(changes) if changes else self.base
            comparison = judged(self.base, after, targets=self.order.targets, edit=self._edit(changes))
            self._judged[key] = (after, comparison)
        return self._judged[key]

    async def _assessed(self, changes: Mapping[str, str]) -> Assessment:
        await self._lay(changes)
        failed = frozenset(test.id for stage in self.base.stages for test in stage.failed_tests)
        return await assess(
            self.room, self.jury.bench, scope=Scope(changed=self._paths(changes), known=failed, below=self.order.below)
        )

    def _paths(self, changes: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(sorted(self.prefix + name for name in changes))

    async def _lay(self, changes: Mapping[str, str]) -> None:
        """Have the base's files in the room, with ``changes`` over them."""
        if changes != self._laid:
            wanted = {**{name: self._texts[name] for name in self._laid}, **changes}
            await anyio.to_thread.run_sync(self._write, wanted)
            self._laid = dict(changes)

    def _write(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            if self._laid.get(name, self._texts.get(name)) != text:
                beneath.rewrite(Path(self.room.folder), self.prefix + name, text=text)

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
    short = max(0, reached - comparison.progress.stage)
    return Progress(
        stages_left=short + (1000 if is_barred else 0),
        targets_left=len(comparison.left),
        new_findings=len(comparison.regressions),
    )
