"""``test`` and ``merge`` nodes: what the checks say becomes the node's end and its outputs."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from orchestrator.domain.assessment import Assessment, Scope, StageResult, Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.judgement import Comparison, Decision, Target
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Failed, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.survey import Cluster, Survey
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.expressions import Scope as Names
from orchestrator.repair.surveying import Surveying
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Services, Task
from orchestrator.testing.workspace import MemoryWorkspace
from tests.unit.repair.juries import KnownJury

UNIT = Unit(pack="python")
PASSED = Assessment(
    status=VerdictStatus.PASSED,
    evidence=Evidence.IDS,
    score=1.0,
    stages=(
        StageResult(
            name="test", unit=UNIT, status=VerdictStatus.PASSED, tests=(CaseResult(id="t", status=CaseStatus.PASSED),)
        ),
    ),
)
EMPTY = Assessment(status=VerdictStatus.EMPTY)
BROKEN_TOOL = Assessment(
    status=VerdictStatus.TOOL_ERROR,
    stages=(
        StageResult(
            name="build",
            unit=UNIT,
            status=VerdictStatus.TOOL_ERROR,
            findings=(Finding(tool="make", message="make is not installed"),),
        ),
    ),
)
FAILED = Assessment(status=VerdictStatus.FAILED, evidence=Evidence.IDS, score=0.5)
FINDING = Finding(tool="pytest", message="1 != 2", file="a.py", line=3, detail="the traceback")
CLUSTER = Cluster(
    id="a.py", files=("a.py",), targets=(Target(stage="test", unit=UNIT, name="t", is_test=True),), findings=(FINDING,)
)


def surveyed(assessment: Assessment, *clusters: Cluster) -> KnownJury:
    return KnownJury(found=Survey(assessment=assessment, clusters=clusters))


def task(kind: str, body: JsonObject) -> Task:
    services = Services(runner=LocalRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/")
    spec = NodeSpec(id=NodeId("n"), kind=kind, body=body)
    return Task(spec=spec, attempt=1, step=0, scope=lambda _: Names(contexts={}), services=services)


async def survey(word: KnownJury, *, expect: str = "pass") -> Succeeded | Failed:
    workspace = MemoryWorkspace({"a.py": "x\n"})
    body: JsonObject = {"stages": ["lint"], "path": "lib/", "expect": expect}
    outcome = await Surveying(workspace=workspace, jury=word).survey(task("test", body))
    assert isinstance(outcome, Succeeded | Failed)
    return outcome


async def merge(word: KnownJury, *, accept: str = "passed", has_landed: bool = True) -> Succeeded | Failed:
    workspace = MemoryWorkspace({"a.py": "x\n"})
    if has_landed:
        workspace.advance({"a.py": "y\n"})
    body: JsonObject = {"accept": accept, "path": ""}
    outcome = await Surveying(workspace=workspace, jury=word).merge(task("merge", body))
    assert isinstance(outcome, Succeeded | Failed)
    return outcome


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("word", "expect", "is_good"),
    [
        (surveyed(PASSED), "pass", True),
        (surveyed(PASSED), "fail", False),
        (surveyed(PASSED), "any", True),
        (surveyed(FAILED, CLUSTER), "pass", False),
        (surveyed(FAILED, CLUSTER), "fail", True),
        (surveyed(FAILED, CLUSTER), "any", True),
        (surveyed(EMPTY), "pass", False),
        (surveyed(BROKEN_TOOL), "any", False),
        (surveyed(BROKEN_TOOL), "fail", False),
    ],
)
async def test_whether_the_node_succeeds_is_what_it_expects(word: KnownJury, expect: str, *, is_good: bool) -> None:
    assert isinstance(await survey(word, expect=expect), Succeeded if is_good else Failed)


@pytest.mark.anyio
async def test_what_fails_is_told_in_a_line_in_detail_and_as_clusters() -> None:
    word = surveyed(FAILED, CLUSTER)
    outcome = await survey(word)
    assert isinstance(outcome, Failed)
    assert outcome.reason == "1 thing fails: a.py:3: 1 != 2"
    assert "the traceback" in outcome.detail
    assert outcome.outputs["left"] == 1
    assert outcome.outputs["verdict"] == "failed"
    clusters = outcome.outputs["clusters"]
    assert isinstance(clusters, list)
    assert clusters[0]["id"] == "a.py"
    assert word.scopes == [Scope(stages=frozenset({"lint"}), below="lib")]


@pytest.mark.anyio
async def test_a_broken_tool_is_an_error_and_named() -> None:
    outcome = await survey(surveyed(BROKEN_TOOL))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.ERROR
    assert outcome.reason == "the checks could not be made: make is not installed"


@pytest.mark.anyio
async def test_a_merge_with_nothing_left_says_what_that_rests_on() -> None:
    outcome = await merge(surveyed(PASSED))
    assert isinstance(outcome, Succeeded)
    assert outcome.note == "passed (1 test)"


@pytest.mark.anyio
async def test_a_merge_that_made_something_worse_fails_whatever_it_accepts() -> None:
    worse = Comparison(decision=Decision.REJECTED, regressions=(FINDING,))
    for accept in ("passed", "no-regression"):
        outcome = await merge(
            KnownJury(found=Survey(assessment=FAILED, clusters=(CLUSTER,)), comparison=worse), accept=accept
        )
        assert isinstance(outcome, Failed)
        assert outcome.reason == "worse than before: 1 != 2"
        assert outcome.outputs["regressions"] == ["1 != 2"]


@pytest.mark.anyio
async def test_what_is_left_fails_a_merge_only_where_everything_has_to_pass() -> None:
    word = surveyed(FAILED, CLUSTER)
    assert isinstance(await merge(word, accept="no-regression"), Succeeded)
    assert isinstance(await merge(word, accept="passed"), Failed)


@pytest.mark.anyio
async def test_what_landed_without_a_test_is_unverified() -> None:
    doubt = Comparison(decision=Decision.UNVERIFIED, reasons=("no test gives evidence",))
    outcome = await merge(KnownJury(found=Survey(assessment=EMPTY), comparison=doubt))
    assert isinstance(outcome, Failed)
    assert outcome.reason == "unverified: no test gives evidence"


@pytest.mark.anyio
async def test_what_only_passes_by_chance_fails_a_merge_where_everything_has_to_pass_and_is_said_in_any_case() -> None:
    word = KnownJury(
        found=Survey(assessment=PASSED), comparison=Comparison(decision=Decision.ACCEPTED, unsteady=("m::a", "m::b"))
    )
    line = "passes or fails by chance: m::a; passes or fails by chance: m::b"
    outcome = await merge(word)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.kind) == (line, FailureKind.VALIDATION)
    outcome = await merge(word, accept="no-regression")
    assert isinstance(outcome, Succeeded)
    assert outcome.note == f"passed (1 test); {line}"


@pytest.mark.anyio
async def test_where_nothing_fails_and_nothing_landed_there_is_nothing_to_vouch_for() -> None:
    outcome = await merge(surveyed(EMPTY), has_landed=False)
    assert isinstance(outcome, Succeeded)
    assert outcome.note == "nothing to repair: nothing was tested"


@pytest.mark.anyio
async def test_a_merge_cannot_succeed_while_the_tools_are_broken() -> None:
    outcome = await merge(surveyed(BROKEN_TOOL))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.ERROR


@pytest.mark.anyio
async def test_a_set_up_that_failed_is_called_so_with_what_may_be_done() -> None:
    notes = ("set-up has no network",)
    stage = replace(BROKEN_TOOL.stages[0], name="setup", notes=notes)
    outcome = await survey(surveyed(replace(BROKEN_TOOL, stages=(stage,))))
    assert isinstance(outcome, Failed)
    said = "the dependencies could not be brought in: make is not installed; set-up has no network"
    assert outcome.reason == f"the checks could not be made: {said}"


LINTER_MISSING = Assessment(
    status=VerdictStatus.TOOL_ERROR,
    evidence=Evidence.IDS,
    stages=(
        StageResult(
            name="lint",
            unit=UNIT,
            status=VerdictStatus.TOOL_ERROR,
            findings=(Finding(tool="black", message="black is not installed"),),
        ),
        *PASSED.stages,
    ),
)


@pytest.mark.anyio
async def test_a_missing_linter_does_not_unsay_tests_that_passed_and_is_told() -> None:
    told = "passed (1 test); not checked: black is not installed"
    for outcome in (await survey(surveyed(LINTER_MISSING), expect="any"), await merge(surveyed(LINTER_MISSING))):
        assert isinstance(outcome, Succeeded)
        assert outcome.note == told


@pytest.mark.anyio
async def test_a_missing_linter_fails_a_test_that_was_to_pass() -> None:
    assert isinstance(await survey(surveyed(LINTER_MISSING)), Failed)
