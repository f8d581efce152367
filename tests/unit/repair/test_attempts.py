"""One attempt after another: rejected, told why, a rung higher, accepted."""

import math
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.events import CandidateJudged, CandidateLanded, ReplySaved
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.landing import Conflicting
from orchestrator.domain.model import Reply
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.errors import ModelError
from orchestrator.executor.engine import Engine
from orchestrator.ports import Check
from orchestrator.repair.outcomes import after_landing
from orchestrator.testing.model import ScriptedModel
from orchestrator.testing.runner import FakeRunner
from orchestrator.testing.runner import Reply as Printed
from orchestrator.testing.virtual import run_virtual
from orchestrator.validation.commands import CommandValidator
from tests.unit.repair.mending import (
    FILES,
    GOOD,
    NO_EDIT,
    NODE,
    RIGHT,
    WORKFLOW,
    WRONG,
    Ran,
    Saying,
    Sum,
    World,
    answering,
    asked,
    edit,
    keys,
    kinds_of,
    run,
    told,
)


def landed(world: World) -> str:
    return run_virtual(world.landed)["calc.py"]


def test_an_edit_that_passes_lands_at_the_first_attempt() -> None:
    world = answering(small=[RIGHT])
    ran = run(world)
    assert (ran.status, ran.failures, landed(world)) == (RunStatus.SUCCEEDED, [], GOOD)
    assert ran.end.outputs == {"commit": world.workspace.candidates[NODE, 1]}
    assert kinds_of(ran.events) == [
        *("RunStarted", "NodeStarted", "BaseTaken", "CallSent", "ReplySaved", "CandidateKept"),
        *("CandidateJudged", "CandidateLanded", "NodeEnded", "RunEnded"),
    ]


def test_the_landed_commit_says_who_made_it_and_stands_on_the_base() -> None:
    world = answering(small=[RIGHT])
    run(world)
    commit = world.workspace.commits[world.workspace.candidates[NODE, 1]]
    assert (commit.parent, commit.message) == (world.workspace.base, "mend\n\nAttempt 1, by small.\n")


def test_the_model_is_told_the_task_the_files_and_how_to_answer() -> None:
    world = answering(small=[RIGHT])
    run(world)
    assert isinstance(world.models, ScriptedModel)
    [prompt] = world.models.prompts
    assert prompt.user == f"Mend r1.\n\ncalc.py\n```\n{FILES['calc.py']}```"
    assert "SEARCH" in prompt.system


def test_a_file_that_is_not_there_yet_is_named_all_the_same() -> None:
    world = answering(small=["new.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n" + RIGHT])
    world.text = WORKFLOW.replace("[calc.py]", "[calc.py, new.py]")
    run(world)
    assert told(world)[0].endswith("```\n\nnew.py does not exist yet.")
    assert run_virtual(world.landed)["new.py"] == "x = 1\n"


def test_a_rejected_edit_climbs_and_its_findings_are_told_to_the_next_model() -> None:
    world = answering(small=[WRONG], middle=[RIGHT])
    ran = run(world)
    assert (ran.status, asked(world), landed(world)) == (RunStatus.SUCCEEDED, ["small", "middle"], GOOD)
    assert ran.failures == [(1, "validation", "tests: exit code 1")]
    first, second = told(world)
    assert "rejected" not in first
    assert second.startswith(first)
    assert "Your last attempt was rejected: tests: exit code 1\n```\ntests: exit code 1\nwrong:\n" in second
    assert "return a * b" in second


def test_every_attempt_begins_from_the_base_and_both_candidates_are_kept() -> None:
    world = answering(small=[WRONG], middle=[RIGHT])
    run(world)
    kept = [world.workspace.commits[world.workspace.candidates[NODE, attempt]] for attempt in (1, 2)]
    assert [one.parent for one in kept] == [world.workspace.base] * 2


def test_only_the_newest_failure_is_told() -> None:
    world = answering(small=[WRONG], middle=[NO_EDIT], large=[RIGHT])
    run(world)
    assert "tests: exit code 1" not in told(world)[2]
    assert "the reply cannot be applied" in told(world)[2]


def test_a_workflow_may_keep_failures_from_the_next_model() -> None:
    world = answering(small=[WRONG], middle=[RIGHT])
    world.text = keys(feedback="none")
    run(world)
    assert told(world)[0] == told(world)[1]


def test_a_failed_node_has_its_findings_as_evidence() -> None:
    world = answering(small=[WRONG])
    world.text = keys(max_attempts=1)
    ran = run(world)
    assert (ran.status, ran.end.status, ran.end.reason) == (RunStatus.FAILED, NodeStatus.FAILED, "tests: exit code 1")
    assert "return a * b" in ran.end.detail
    assert landed(world) == FILES["calc.py"]


REFUSED = {
    "no edit": (NO_EDIT, "the reply cannot be applied"),
    "an edit that fits nowhere": (edit("+").replace("a - b", "a / b"), "calc.py"),
    "a file that may not be touched": (edit("+", path="../calc.py"), "../calc.py"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_reply_that_cannot_be_applied_is_told_back_and_nothing_is_judged(case: str) -> None:
    reply, named = REFUSED[case]
    world = answering(small=[reply], middle=[RIGHT])
    ran = run(world)
    [(attempt, kind, reason)] = ran.failures
    assert (attempt, kind) == (1, "format")
    assert named in reason
    assert f"Your last attempt was rejected: {reason}\n```\n" in told(world)[1]
    assert [one.attempt for one in ran.all(CandidateJudged)] == [2]


def test_a_reply_that_was_cut_off_is_refused_whatever_it_holds() -> None:
    world = answering(small=[Reply(text=RIGHT, model="small", is_complete=False)], middle=[RIGHT])
    ran = run(world)
    assert ran.failures == [(1, "format", "the reply cannot be applied: the reply was cut off; send a shorter one")]
    assert asked(world) == ["small", "middle"]


def test_a_model_that_may_recover_is_asked_again_and_nobody_climbs() -> None:
    world = answering(small=[ModelError("small", "is busy", may_recover=True), RIGHT])
    world.text = keys(max_attempts=1)
    ran = run(world)
    assert (ran.status, asked(world)) == (RunStatus.SUCCEEDED, ["small", "small"])
    assert ran.failures == [(1, "transient", "model small: is busy")]
    assert "rejected" not in told(world)[1]


def test_a_busy_model_is_not_asked_for_ever() -> None:
    world = answering(small=[ModelError("small", "is busy", may_recover=True)])
    ran = run(world)
    assert (ran.status, ran.end.reason) == (RunStatus.FAILED, "model small: is busy")
    assert asked(world) == ["small"] * 4


def test_a_model_that_will_never_answer_ends_the_node_at_once() -> None:
    world = answering(middle=[RIGHT])
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.FAILED, [])
    assert (ran.end.reason, str(ran.end.kind)) == ("model small: is not configured", "error")


def test_a_transient_failure_between_two_rejections_does_not_count_as_one() -> None:
    busy = ModelError("middle", "is busy", may_recover=True)
    world = answering(small=[WRONG], middle=[busy, WRONG], large=[RIGHT])
    run(world)
    assert asked(world) == ["small", "middle", "middle", "large"]
    assert told(world)[1] == told(world)[2]


@pytest.mark.parametrize(
    ("tier", "rungs"),
    [
        ("local-fast", ["small", "middle", "large", "large"]),
        ("local", ["middle", "large", "large", "large"]),
        ("{ max: local }", ["small", "middle", "middle", "middle"]),
        ("{ start: local, max: local }", ["middle"] * 4),
        ("cloud-fast", ["large"] * 4),
    ],
)
def test_each_rejection_climbs_a_rung_and_the_top_of_the_ladder_is_kept(tier: str, rungs: list[str]) -> None:
    world = answering(small=[WRONG], middle=[WRONG], large=[WRONG])
    world.text = f"{keys(max_attempts=4)}    tier: {tier}\n"
    assert run(world).status is RunStatus.FAILED
    assert asked(world) == rungs


def test_a_rung_may_be_tried_twice_before_climbing() -> None:
    world = answering(small=[WRONG], middle=[WRONG], large=[RIGHT])
    world.text = keys(max_attempts=5, escalate=2)
    run(world)
    assert asked(world) == ["small", "small", "middle", "middle", "large"]


def test_without_escalation_the_first_rung_is_asked_every_time() -> None:
    world = answering(small=[WRONG, WRONG, RIGHT], middle=[RIGHT])
    world.text = keys(escalate=0)
    assert run(world).status is RunStatus.SUCCEEDED
    assert asked(world) == ["small"] * 3


@pytest.mark.parametrize(("ladder", "tier"), [({}, "local-fast"), ({"local": ["middle"]}, "cloud-fast")])
def test_without_a_model_on_its_tiers_the_node_waits_for_one(ladder: dict[str, list[str]], tier: str) -> None:
    world = answering(middle=[RIGHT])
    world.ladder = ladder
    world.text = f"{WORKFLOW}    tier: {tier}\n"
    ran = run(world)
    assert (ran.status, ran.end.status) == (RunStatus.BLOCKED, NodeStatus.BLOCKED)
    assert ran.end.reason == f"no-model: none is configured for tier {tier} or above"
    assert asked(world) == []


PERMISSIONS = [
    ("{ edit: [calc.py] }", True),
    ("{ edit: ['*.py'], deny: [other.py] }", True),
    ("{ edit: ['src/**'] }", False),
    ("{ deny: ['*.py'] }", False),
    ("{ edit: [calc.py], deny: [CALC.py] }", False),
]


@pytest.mark.parametrize(("permissions", "may"), PERMISSIONS)
def test_an_edit_stays_within_the_permissions_of_its_node(permissions: str, *, may: bool) -> None:
    world = answering(small=[RIGHT])
    world.text = f"{keys(max_attempts=1)}    permissions: {permissions}\n"
    ran = run(world)
    assert ran.status is (RunStatus.SUCCEEDED if may else RunStatus.FAILED)
    assert str(ran.end.kind) == ("None" if may else "format")


def test_a_reply_that_leaves_the_permissions_in_one_place_is_refused_whole() -> None:
    world = answering(small=[RIGHT + "other.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n"])
    world.text = f"{keys(max_attempts=1)}    permissions: {{ edit: [calc.py] }}\n"
    assert run(world).status is RunStatus.FAILED
    assert run_virtual(world.landed) == FILES


def test_a_check_that_cannot_be_run_is_nobodys_fault_and_asks_no_other_model() -> None:
    broken = Finding(tool="tests", message="tests cannot be run: no such program")
    world = answering(small=[RIGHT], middle=[RIGHT])
    world.validator = Saying(Verdict(status=VerdictStatus.TOOL_ERROR, findings=[broken]))
    ran = run(world)
    assert (ran.failures, asked(world)) == ([], ["small"])
    assert (ran.end.reason, str(ran.end.kind)) == ("tests cannot be run: no such program", "error")
    assert landed(world) == FILES["calc.py"]


def test_nothing_checked_is_never_a_pass() -> None:
    world = answering(small=[RIGHT])
    world.validator = Saying(Verdict(status=VerdictStatus.EMPTY))
    world.text = keys(max_attempts=1)
    ran = run(world)
    assert (ran.end.reason, str(ran.end.kind)) == ("the checks say empty", "validation")


def test_findings_with_a_place_are_told_with_it() -> None:
    finding = Finding(tool="mypy", message="bad type", file="calc.py", line=2, failure_class=FailureClass.TYPE)
    verdict = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE, findings=[finding])
    world = answering(small=[RIGHT])
    world.validator = Saying(verdict)
    run(world)
    assert "```\ncalc.py:2: bad type\n```" in told(world)[1]


def test_commands_judge_by_their_exit_codes_and_what_they_print_is_told() -> None:
    runner = FakeRunner().when(lambda _argv: True, Printed(exit_code=2, stdout="3 != 4\n"), Printed())
    world = answering(small=[WRONG], middle=[RIGHT])
    world.validator = CommandValidator(runner, {})
    assert run(world).status is RunStatus.SUCCEEDED
    assert "tests: exit code 2\n3 != 4" in told(world)[1]


def test_an_attempt_that_runs_out_of_time_climbs() -> None:
    runner = FakeRunner().when(lambda _argv: True, Printed(seconds=math.inf), Printed())
    world = answering(small=[WRONG], middle=[RIGHT])
    world.validator = CommandValidator(runner, {})
    world.text = f"{WORKFLOW}    timeout-minutes: 5\n"
    ran = run(world)
    assert (ran.failures, asked(world)) == ([(1, "timeout", "no end within 300 s")], ["small", "middle"])
    assert len(runner.cancelled) == 1


async def _somebody_lands(_engine: Engine, world: World) -> None:
    await anyio.sleep(5)
    world.workspace.advance({"other.py": "x = 2\n"})


def test_an_edit_whose_base_has_moved_is_merged_and_nobody_is_asked_again() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10))
    ran = run(world, meanwhile=_somebody_lands)
    assert (ran.status, ran.failures, asked(world)) == (RunStatus.SUCCEEDED, [], ["small"])
    assert run_virtual(world.landed) == {"calc.py": GOOD, "other.py": "x = 2\n"}
    assert judged(world) == [GOOD]
    head = run_virtual(world.workspace.head)
    assert world.workspace.commits[head].merged == world.workspace.candidates[NODE, 1]
    assert [one.commit for one in ran.all(CandidateLanded)] == [head]
    assert ran.end.outputs == {"commit": head}


def judged(world: World) -> list[str]:
    """The file as the checks saw it, each time."""
    assert isinstance(world.validator, Sum)
    return world.validator.judged


def test_an_edit_that_is_wrong_by_itself_is_told_what_is_wrong_with_it_alone() -> None:
    world = World(models=ScriptedModel({"small": [WRONG], "middle": [RIGHT]}, seconds=10))
    ran = run(world, meanwhile=_somebody_lands)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "validation", "tests: exit code 1")])
    assert len(judged(world)) == 3, "as it would land, alone, and the next attempt"


OVERTAKEN = "other work on the same lines has landed meanwhile, in calc.py"
THEIRS = "# theirs\n" + FILES["calc.py"]


def overtaken(world: World, *times: float) -> Ran:
    """Run while somebody else changes the file at these times."""

    async def meanwhile(_engine: Engine, world: World) -> None:
        for number, wait in enumerate(times):
            await anyio.sleep(wait)
            world.workspace.advance({"calc.py": THEIRS.replace("theirs", f"theirs {number}")})

    return run(world, meanwhile=meanwhile)


def test_a_conflict_is_made_again_on_the_new_head_by_the_same_model_with_its_edit_as_a_hint() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT], "middle": [RIGHT]}, seconds=10), validator=_passing())
    world.text = keys(max_attempts=1)
    ran = overtaken(world, 5)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "conflict", OVERTAKEN)])
    assert asked(world) == ["small", "small"]
    first, second = told(world)
    assert "theirs" not in first
    assert "# theirs 0\ndef add" in second
    assert f"{OVERTAKEN}. The files above are as they are now." in second
    assert "-    return a - b\n+    return a + b\n" in second
    assert landed(world) == "# theirs 0\n" + GOOD
    assert {attempt for _, attempt in world.workspace.candidates} == {1, 2}


def test_a_conflict_says_nothing_against_the_model() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT, WRONG], "middle": [RIGHT]}, seconds=10), validator=Adds())
    ran = overtaken(world, 5)
    assert [kind for _, kind, _ in ran.failures] == ["conflict", "validation"]
    assert asked(world) == ["small", "small", "middle"]
    assert "rejected" in told(world)[2]
    assert OVERTAKEN not in told(world)[2]


def test_a_busy_model_does_not_make_it_forget_the_edit_that_is_to_be_redone() -> None:
    busy = ModelError("small", "is busy", may_recover=True)
    world = World(models=ScriptedModel({"small": [RIGHT, busy, RIGHT]}, seconds=10), validator=_passing())
    overtaken(world, 5)
    assert OVERTAKEN in told(world)[1]
    assert told(world)[1] == told(world)[2]


def test_a_workflow_may_keep_the_overtaken_edit_from_the_model_too() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10), validator=_passing())
    world.text = keys(feedback="none")
    overtaken(world, 5)
    assert OVERTAKEN not in told(world)[1]


def test_a_node_that_is_overtaken_again_and_again_gives_up_with_its_edit_as_evidence() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10), validator=_passing())
    ran = overtaken(world, 5, *[10] * 20)
    assert (ran.status, ran.end.reason, str(ran.end.kind)) == (RunStatus.FAILED, OVERTAKEN, "conflict")
    assert asked(world) == ["small"] * 8
    assert "+    return a + b\n" in ran.end.detail
    assert {attempt for _, attempt in world.workspace.candidates} == set(range(1, 9))


def test_a_workflow_may_end_a_node_at_its_first_conflict() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10), validator=_passing())
    world.text = keys(on="[validation]")
    ran = overtaken(world, 5)
    assert (ran.failures, ran.end.reason) == ([], OVERTAKEN)


def test_a_long_overtaken_edit_is_cut_and_bytes_that_are_no_text_are_not_told() -> None:
    failed = after_landing(Conflicting(("b\udce9.py", "c", "d", "e", "f"), "+\udce9\n" + "+x\n" * 20_000))
    assert failed.reason == "other work on the same lines has landed meanwhile, in b?.py, c, d and 2 more"
    assert failed.detail.startswith("+?\n+x\n")
    assert failed.detail.endswith("\n(the rest is left out)\n")
    assert len(failed.detail) < 20_100


class Adds:
    """A validator that finds a sum, and no second version of the other file beside it."""

    def __init__(self, status: VerdictStatus = VerdictStatus.FAILED) -> None:
        self.status = status

    async def judge(self, folder: str, _checks: Sequence[Check]) -> Verdict:
        fits = "x = 2" not in read(folder, "other.py") or "# fits" in read(folder, "calc.py")
        if fits and "a + b" in read(folder, "calc.py"):
            return Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0)
        finding = Finding(tool="tests", message="tests: no fit", detail=read(folder, "other.py"))
        return Verdict(status=VerdictStatus.FAILED if fits else self.status, findings=[finding])


def read(folder: str, name: str) -> str:
    return Path(folder, name).read_text()


UNFIT = "passed alone, but not together with what landed meanwhile: tests: no fit"


def test_an_edit_that_does_not_fit_what_landed_meanwhile_climbs_and_is_told_so() -> None:
    fitting = RIGHT.replace("return a + b", "return a + b  # fits")
    world = World(models=ScriptedModel({"small": [RIGHT], "middle": [fitting]}, seconds=10), validator=Adds())
    ran = run(world, meanwhile=_somebody_lands)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "validation", UNFIT)])
    assert asked(world) == ["small", "middle"]
    assert f"Your last attempt was rejected: {UNFIT}\n```\ntests: no fit\nx = 2\n```" in told(world)[1]
    assert [one.verdict for one in ran.all(CandidateJudged)] == [VerdictStatus.PASSED] * 2


def test_a_tool_that_breaks_on_the_merged_tree_is_nobodys_fault() -> None:
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10), validator=Adds(VerdictStatus.TOOL_ERROR))
    ran = run(world, meanwhile=_somebody_lands)
    assert (ran.failures, ran.end.reason, str(ran.end.kind)) == ([], UNFIT, "error")
    assert landed(world) == FILES["calc.py"]


def test_two_nodes_at_once_both_land() -> None:
    other = WORKFLOW.partition("nodes:\n")[2].replace("mend:", "more:").replace("calc.py", "other.py")
    world = World(models=ScriptedModel({"small": [RIGHT]}, seconds=10), validator=_passing())
    second = "new.py\n<<<<<<< SEARCH\n=======\ny = 1\n>>>>>>> REPLACE\n"
    world.models = ScriptedModel({"small": [RIGHT, second, second]}, seconds=10)
    world.text = WORKFLOW + other
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert len(ran.all(CandidateLanded)) == 2
    assert run_virtual(world.landed) == {**FILES, "calc.py": GOOD, "new.py": "y = 1\n"}


def _passing() -> Saying:
    return Saying(Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0))


def test_what_a_reply_cost_is_saved_with_it() -> None:
    usage = Usage(input=100, output=10, usd_micros=5)
    world = answering(small=[Reply(text=RIGHT, model="small", usage=usage)])
    [saved] = run(world).all(ReplySaved)
    assert saved.reply.usage == usage


def test_outputs_that_cannot_be_had_fail_the_node_before_anything_lands() -> None:
    world = answering(small=[RIGHT])
    world.text = f"{WORKFLOW}    outputs: {{ bad: \"${{{{ fromJSON('{{') }}}}\" }}\n"
    ran = run(world)
    assert (ran.status, str(ran.end.kind)) == (RunStatus.FAILED, "error")
    assert landed(world) == FILES["calc.py"]
