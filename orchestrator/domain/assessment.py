"""What all checks together say of one tree, stage by stage; and how much of it is to be looked at."""

from dataclasses import dataclass

from orchestrator.domain.finding import Category, FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus

FAILED_CASES = frozenset({CaseStatus.FAILED, CaseStatus.ERROR})
"""How a test can have gone that has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much is looked at.

    Attributes:
        stages: names of the stages that run; empty for all that are enabled. Set-up runs where one of them needs it.
        changed: files below the repository's root: only the tests that they concern run, where the packs can tell.
            ``None`` for every test.
        below: a folder below the repository's root: only the projects in it count, or the one that it lies in. ``""``
            for all.
        known: ids of the tests that failed in the base: other failures are run again, up to twice, to tell flaky tests
            from broken ones. ``None`` where no base is known: then nothing is run again.
        tests: ids: of the tests only these run, as nearly as a pack can choose them (their files, for example).
            Projects whose tests do the same in each turn, or cannot be chosen, are left out. ``None`` for every test.
        turn: which run of the same tests it is, for packs that make use of it: what a language leaves open, such as the
            order of a set, is another one in each turn, and the same whenever it is that turn.
    """

    stages: frozenset[str] = frozenset()
    changed: tuple[str, ...] | None = None
    below: str = ""
    known: frozenset[str] | None = None
    tests: frozenset[str] | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What stages belong to: a project and the pack that judges it.

    ``root`` is the project's folder below the repository's, ``""`` for that itself. ``pack`` is ``""`` for commands
    that the configuration names for the whole repository.
    """

    root: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """One stage of one unit.

    Attributes:
        name: ``setup``, ``syntax``, ``format``, ``lint``, ``build`` or ``test``.
        score: 0 to 1; 1 only where nothing is wrong. Of counted tests the share that passed (skipped ones do not
            count), else ``1 / (1 + errors)``.
        seconds: wall clock of its commands.
        cached: whether it was remembered.
        command: as run: the first that did not pass, else the last.
        findings: with fingerprints; those that decide nothing (warnings, ignored codes) among them.
        tests: ids are unique within the unit.
        is_narrowed: whether only some of its tests were chosen.
        has_turns: whether its commands make use of :attr:`Scope.turn`: another one may say something else.
        is_lacking: of a ``tool_error``: whether a tool that is not there is all that stood in the way.
        notes: what a person should know besides, a line each.
    """

    name: str
    unit: Unit
    status: VerdictStatus
    evidence: Evidence = Evidence.NONE
    score: float = 0.0
    seconds: float = 0.0
    cached: bool = False
    command: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tests: tuple[CaseResult, ...] = ()
    is_narrowed: bool = False
    has_turns: bool = False
    is_lacking: bool = False
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of the gravest sort; nothing where the stage passed: then they decide nothing."""
        if self.status is VerdictStatus.PASSED:
            return ()
        return tuple(one for one in self.findings if one.severity is Severity.ERROR) or self.findings

    @property
    def failed_tests(self) -> tuple[CaseResult, ...]:
        """The tests that failed, in the order reported."""
        return tuple(one for one in self.tests if one.status in FAILED_CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedStage:
    """A stage that was planned and did not run.

    Attributes:
        reason: why, in one line.
        is_unreached: whether an earlier failure kept it from running; else there was no need, or no means.
    """

    name: str
    unit: Unit
    reason: str
    is_unreached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the checks say of one tree.

    Attributes:
        status: ``failed`` where something failed; else ``tool_error`` where a tool itself did; else ``empty`` where
            no test ran although tests were to be looked at; else ``passed``.
        evidence: the strongest that there is for the tests; where they were not to be looked at, for the rest.
        failure_class, category: of the first root cause; ``None`` where nothing failed.
        score: mean of the stages that ran or were skipped because of an earlier one, which count 0.
        stages: in the order in which they ran.
        sandbox: how the commands were isolated.
        notices: what a person should know about the whole, a line each.
    """

    status: VerdictStatus
    evidence: Evidence = Evidence.NONE
    failure_class: FailureClass | None = None
    category: Category | None = None
    score: float = 0.0
    stages: tuple[StageResult, ...] = ()
    skipped: tuple[SkippedStage, ...] = ()
    sandbox: str = ""
    notices: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Wall clock of all commands."""
        return sum(stage.seconds for stage in self.stages)

    def stage(self, name: str, unit: Unit) -> StageResult | None:
        """What that stage came to; ``None`` where it did not run."""
        return next((one for one in self.stages if one.name == name and one.unit == unit), None)
