"""An agent node whose checks are words: the stages of the project's own checks decide, after its scripts."""

import anyio

from orchestrator.domain.events import CandidateJudged
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.executor.engine import Engine
from orchestrator.repair.checking import checks_of
from orchestrator.testing.examiner import Examination, ScriptedExaminer
from orchestrator.testing.model import ScriptedModel
from orchestrator.testing.virtual import run_virtual
from tests.unit.repair.mending import FILES, GOOD, NODE, RIGHT, WORKFLOW, WRONG, World, answering, asked, run, told

PASSED = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.IDS, score=1.0, seconds=2.0)
FAILING = Finding(tool="pytest", message="test_two fails", file="test_calc.py", line=4, detail="assert 6 == 5")
FAILED = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.IDS, findings=[FAILING])
BENT = Finding(tool="integrity", message="a protected file was changed", failure_class=FailureClass.REVIEW)
SCRIPT = "{ name: tests, run: ./test }"


def validating(world: World, *entries: str, verdicts: tuple[Verdict, ...]) -> World:
    """``world`` with these entries of ``validate``, and what the stages say."""
    world.text = WORKFLOW.replace(SCRIPT, ", ".join(entries))
    world.examiner = ScriptedExaminer(*verdicts)
    return world


def test_what_passes_the_stages_lands_and_they_see_it_beside_its_base() -> None:
    world = validating(answering(small=[RIGHT]), "test", "syntax", verdicts=(PASSED,))
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert run_virtual(world.landed)["calc.py"] == GOOD
    candidate = world.workspace.candidates[NODE, 1]
    assert world.examiner.asked == [Examination(world.workspace.base, candidate, frozenset({"test", "syntax"}))]
    [judged] = ran.all(CandidateJudged)
    assert (judged.verdict, judged.evidence, judged.seconds) == (VerdictStatus.PASSED, Evidence.IDS, 2.0)


def test_auto_stands_for_all_of_them() -> None:
    world = validating(answering(small=[RIGHT]), "auto", verdicts=(PASSED,))
    run(world)
    assert world.examiner.asked[0].stages == {"syntax", "format", "lint", "build", "test"}


def test_what_fails_there_is_told_to_the_next_model() -> None:
    world = validating(answering(small=[WRONG], middle=[RIGHT]), "test", verdicts=(FAILED, PASSED))
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "validation", "test_two fails")])
    assert "Your last attempt was rejected: test_two fails\n" in told(world)[1]
    assert "test_calc.py:4: test_two fails\nassert 6 == 5" in told(world)[1]


def test_where_a_script_fails_the_stages_are_not_asked() -> None:
    world = validating(answering(small=[WRONG], middle=[RIGHT]), "test", SCRIPT, verdicts=(PASSED,))
    ran = run(world)
    assert ran.failures == [(1, "validation", "tests: exit code 1")]
    assert [one.candidate for one in world.examiner.asked] == [world.workspace.candidates[NODE, 2]]


def test_where_the_scripts_pass_the_stages_still_decide() -> None:
    bent = Verdict(status=VerdictStatus.FAILED, findings=[BENT])
    world = validating(answering(small=[RIGHT], middle=[RIGHT]), SCRIPT, "test", verdicts=(bent, PASSED))
    ran = run(world)
    assert ran.failures == [(1, "validation", "a protected file was changed")]
    assert ran.all(CandidateJudged)[1].evidence is Evidence.IDS, "the better of the two"


def test_a_tool_that_is_broken_is_nobodys_fault_and_asks_no_other_model() -> None:
    broken = Verdict(status=VerdictStatus.TOOL_ERROR, findings=[Finding(tool="cargo", message="cargo is missing")])
    world = validating(answering(small=[RIGHT], middle=[RIGHT]), "build", verdicts=(broken,))
    ran = run(world)
    assert (ran.failures, asked(world), ran.end.reason) == ([], ["small"], "cargo is missing")
    assert run_virtual(world.landed)["calc.py"] == FILES["calc.py"]


def slow(*verdicts: Verdict) -> World:
    """A world in which somebody else lands while the model thinks."""
    return validating(World(models=ScriptedModel({"small": [RIGHT]}, seconds=10)), "test", verdicts=verdicts)


async def somebody_lands(_engine: Engine, world: World) -> None:
    await anyio.sleep(5)
    world.workspace.advance({"other.py": "x = 2\n"})


def test_beside_what_landed_meanwhile_it_is_judged_as_it_would_land() -> None:
    world = slow(PASSED)
    assert run(world, meanwhile=somebody_lands).status is RunStatus.SUCCEEDED
    [seen] = world.examiner.asked
    assert seen.base != world.workspace.base, "what has landed meanwhile is not the candidate's doing"
    assert seen.candidate == run_virtual(world.workspace.head)


def test_what_passes_alone_and_not_together_does_not_land() -> None:
    world = slow(FAILED, PASSED, FAILED)
    world.text += "    retry: { max-attempts: 1 }\n"
    ran = run(world, meanwhile=somebody_lands)
    assert ran.end.reason == "passed alone, but not together with what landed meanwhile: test_two fails"
    together, alone, landing = world.examiner.asked
    assert alone == Examination(world.workspace.base, world.workspace.candidates[NODE, 1], frozenset({"test"}))
    assert (landing.base, landing.stages) == (together.base, together.stages), "beside the head, both times"
    assert run_virtual(world.landed)["calc.py"] == FILES["calc.py"]


def test_a_plan_of_an_earlier_version_names_no_stages() -> None:
    assert checks_of({"validate": []}, base=CommitId("c")) == ()
