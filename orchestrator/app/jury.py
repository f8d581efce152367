"""What becomes of the commits of a run: assessed by their projects' own checks, and compared with where they began."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from orchestrator.app.copyrooms import CopyRooms
from orchestrator.app.examining import examined
from orchestrator.app.trialrooms import TrialRooms
from orchestrator.app.turns import Sides, in_turns
from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.intent import Guarded
from orchestrator.domain.judgement import Comparison, Decision, Target
from orchestrator.domain.survey import Survey
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.fixers.intents.snapshots import is_recorded
from orchestrator.ports import Judged
from orchestrator.validation.clusters import clusters_of
from orchestrator.validation.integrity import FileChange, change_of, flags_of
from orchestrator.validation.judgement import Edit, Objections, held_back, judged
from orchestrator.validation.packs import Pack, Project
from orchestrator.validation.packs.globs import matching
from orchestrator.validation.pipeline import Bench, Memory, assess
from orchestrator.validation.pipeline.memory import as_cached, is_lasting
from orchestrator.workspace.repository import RunRepository

__all__ = ["PackJury"]

_FAULT = "integrity"
_POINT = {Guarded.DEPENDENCIES: ("dependency-added",)}
"""What is permitted -> the rules that would flag just that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackJury:
    """Implements :class:`orchestrator.ports.Jury` by packs.

    Attributes:
        rooms: for jobs. trials: for verdicts, and for what is tried on what was judged.
        projects: of the tree that the run began from.
        memory: of whole assessments, by tree. passed: those of them in which no test fails.
    """

    repository: RunRepository
    rooms: CopyRooms
    trials: TrialRooms
    bench: Bench
    projects: tuple[Project, ...]
    memory: Memory = field(default_factory=Memory)
    passed: dict[str, Assessment] = field(default_factory=dict)

    async def survey(self, commit: CommitId, scope: Scope) -> Survey:
        """See the port."""
        assessment = await self.assess(commit, scope)
        return Survey(assessment=assessment, clusters=clusters_of(assessment))

    async def assess(self, commit: CommitId, scope: Scope) -> Assessment:
        """What the checks say of ``commit``; of one tree it is asked once.

        Which tests failed before matters only where some fail: what has passed is not asked again for that.
        """
        tree = await self.repository.tree_of(commit)
        plain = _key(replace(scope, known=None), tree)
        if plain in self.passed:
            return self.passed[plain]

        async def make() -> Assessment:
            return await self.trials.judged(commit, partial(assess, bench=self.bench, scope=scope))

        made = await self.memory.recall(_key(scope, tree), make)
        if is_lasting(made) and not any(stage.failed_tests for stage in made.stages):
            self.passed[plain] = as_cached(made)
        return made

    async def judge(
        self,
        base: CommitId,
        candidate: CommitId,
        *,
        targets: Sequence[Target],
        below: str = "",
        permits: frozenset[Guarded] = frozenset(),
    ) -> Judged:
        """See the port."""
        scope = Scope(below=below)
        before = await self.assess(base, scope)
        trees = [await self.repository.tree_of(commit) for commit in (base, candidate)]
        is_same = trees[0] == trees[1]
        after = before if is_same else await self.assess(candidate, replace(scope, known=_failed(before)))
        changes = await self._changes(base, candidate)
        held = Objections(integrity=self._objections(changes, permits=permits))
        compare = partial(judged, before, targets=tuple(targets), edit=_edit(changes), objections=held)
        judgement = compare(after)
        if judgement.decision is not Decision.REJECTED:
            after = await in_turns(before, after, scope=scope, sides=self._sides(base, candidate))
            judgement = compare(after)
        return Judged(judgement=judgement, verdict=_verdict(judgement, after, held=held))

    async def examine(self, base: CommitId, candidate: CommitId, *, stages: frozenset[str]) -> Verdict:
        """See the port :class:`orchestrator.ports.Examiner`."""
        scope = Scope(stages=stages)
        before = await self.assess(base, scope)
        after = await self.assess(candidate, replace(scope, known=_failed(before)))
        changes = await self._changes(base, candidate)
        held = Objections(integrity=self._objections(changes, permits=frozenset()))
        compare = partial(judged, before, edit=_edit(changes), objections=held)
        if after.status is VerdictStatus.PASSED and compare(after).decision is not Decision.REJECTED:
            after = await in_turns(before, after, scope=scope, sides=self._sides(base, candidate))
        return examined(before, after, judgement=compare(after), held=held)

    def _sides(self, base: CommitId, candidate: CommitId) -> Sides:
        return Sides(partial(self.assess, base), partial(self.assess, candidate))

    async def _changes(self, base: CommitId, candidate: CommitId) -> tuple[FileChange, ...]:
        repository = self.repository
        trees = [await repository.tree_of(commit) for commit in (base, candidate)]
        paths = await repository.changed_paths(*trees)
        before, after = [await repository.read(tree, paths) for tree in trees]
        return tuple(change_of(path, before=before.get(path), after=after.get(path)) for path in paths)

    def _objections(self, changes: Sequence[FileChange], *, permits: frozenset[Guarded]) -> tuple[Finding, ...]:
        """What a repair must not do on the way: each of them holds it back.

        What is permitted is the point of the change: the rules about bent tests have nothing to say of it.
        """
        paths = [change.path for change in changes]
        protected = self.protected(paths, permits=permits)
        found = [_finding(path, "a protected file was changed") for path in protected]
        free = frozenset(self.protected(paths)) - set(protected)
        flags = flags_of([one for one in changes if one.path not in free])
        silent = {rule for kind in permits for rule in _POINT.get(kind, ())}
        return (*found, *held_back([flag for flag in flags if flag.rule not in silent]))

    def protected(self, paths: Sequence[str], *, permits: frozenset[Guarded] = frozenset()) -> tuple[str, ...]:
        """Those of ``paths`` that the packs of their projects protect (tests, CI, lock files), ``permits`` left out."""

        def globs(pack: Pack) -> tuple[str, ...]:
            guarded = pack.protected
            kinds = {Guarded.TESTS: guarded.tests, Guarded.CI: guarded.ci, Guarded.LOCKS: guarded.locks}
            return tuple(glob for kind, own in kinds.items() if kind not in permits for glob in own)

        free = frozenset(filter(is_recorded, paths)) if Guarded.EXPECTATIONS in permits else frozenset()
        return self._fitting([path for path in paths if path not in free], globs)

    def included(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of ``paths`` that others are made of without every build knowing, by the packs of their projects."""
        return self._fitting(paths, lambda pack: pack.included)

    def _fitting(self, paths: Sequence[str], globs: Callable[[Pack], tuple[str, ...]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for project in self.projects:
            prefix = project.path("")
            inner = [path[len(prefix) :] for path in paths if path.startswith(prefix)]
            fitting = matching(inner, globs(self.bench.packs.packs[project.pack]))
            found |= dict.fromkeys(prefix + path for path in fitting)
        return tuple(found)


def _key(scope: Scope, tree: str) -> str:
    """Within one run the commands, the tools and the surroundings are the same for every tree."""
    known, tests = (None if ids is None else sorted(ids) for ids in (scope.known, scope.tests))
    return repr((tree, sorted(scope.stages), scope.changed, scope.below, known, tests, scope.turn))


def _failed(assessment: Assessment) -> frozenset[str]:
    return frozenset(test.id for stage in assessment.stages for test in stage.failed_tests)


def _edit(changes: Sequence[FileChange]) -> Edit:
    before = {change.path: (change.before or "").splitlines() for change in changes}
    after = {change.path: (change.after or "").splitlines() for change in changes}
    return Edit(files=frozenset(before), before=_lines(before), after=_lines(after))


def _lines(texts: Mapping[str, Sequence[str]]) -> Callable[[str], Sequence[str]]:
    return lambda file: texts.get(file, ())


def _verdict(judgement: Comparison, after: Assessment, *, held: Objections) -> Verdict:
    """Whether it may land. What is left of the base keeps later stages from speaking: that is no fault of its own."""
    may_land = judgement.decision is Decision.ACCEPTED or (
        judgement.decision is Decision.UNVERIFIED
        and not judgement.left
        and after.status is not VerdictStatus.TOOL_ERROR
    )
    if may_land:
        return Verdict(status=VerdictStatus.PASSED, evidence=after.evidence, score=1.0, seconds=after.seconds)
    status = VerdictStatus.TOOL_ERROR if after.status is VerdictStatus.TOOL_ERROR else VerdictStatus.FAILED
    findings = [*held.integrity, *judgement.regressions] or [_finding("", reason) for reason in judgement.reasons]
    return Verdict(status=status, evidence=after.evidence, score=after.score, findings=findings, seconds=after.seconds)


def _finding(file: str, message: str) -> Finding:
    return Finding(tool=_FAULT, message=message, file=file, failure_class=FailureClass.REVIEW)
