"""What every validator says of a tree: over commands that are really run, and over scripted ones."""

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.domain.finding import FailureClass
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.errors import IsolationError
from orchestrator.ports import Check, CommandRunner, Validator
from orchestrator.sandbox import LocalRunner
from orchestrator.testing.runner import FakeRunner, Reply
from orchestrator.validation.commands import CommandValidator

pytestmark = pytest.mark.anyio

SCRIPTS = {
    "true": Reply(),
    "cat here.txt": Reply(stdout="in the tree\n"),
    "echo first; echo; echo last >&2; exit 3": Reply(stdout="first\n\n", stderr="last\n", exit_code=3),
    "exec sleep 1000": Reply(seconds=math.inf),
    "kill -KILL $$": Reply(exit_code=137),
}
"""What the checks of these tests do, as shell scripts and as replies."""


def scripted() -> CommandRunner:
    def says(text: str) -> Callable[..., bool]:
        return lambda argv: Path(argv[-1]).exists() and Path(argv[-1]).read_text() == text

    runner = FakeRunner().when(lambda argv: argv[0] == "no-such-shell", Reply(error=FileNotFoundError("no-such-shell")))
    for script, reply in SCRIPTS.items():
        runner.when(says(script), reply)
    return runner


@pytest.fixture(params=[LocalRunner, scripted])
def validator(request: pytest.FixtureRequest) -> Validator:
    make: Callable[[], CommandRunner] = request.param
    return CommandValidator(make(), {"PATH": os.environ["PATH"]})


@pytest.fixture
def tree(tmp_path: Path) -> str:
    (tmp_path / "here.txt").write_text("in the tree\n")
    return str(tmp_path)


def check(script: str, *, name: str = "tests", shell: str = "bash", timeout: float = 0.0) -> Check:
    assert script in SCRIPTS
    return Check(name=name, script=script, shell=shell, timeout=timeout)


async def test_all_checks_in_order_passing_pass_and_the_exit_code_is_the_evidence(
    validator: Validator, tree: str
) -> None:
    verdict = await validator.judge(tree, [check("true"), check("cat here.txt")])
    assert (verdict.status, verdict.evidence, verdict.score) == (VerdictStatus.PASSED, Evidence.EXIT_CODE, 1.0)
    assert list(verdict.findings) == []


async def test_no_checks_are_empty_and_never_a_pass(validator: Validator, tree: str) -> None:
    verdict = await validator.judge(tree, [])
    assert (verdict.status, verdict.evidence) == (VerdictStatus.EMPTY, Evidence.NONE)


async def test_a_failed_check_tells_its_name_its_exit_code_and_what_was_printed(
    validator: Validator, tree: str
) -> None:
    verdict = await validator.judge(tree, [check("echo first; echo; echo last >&2; exit 3")])
    assert (verdict.status, verdict.evidence, verdict.score) == (VerdictStatus.FAILED, Evidence.EXIT_CODE, 0.0)
    [finding] = verdict.findings
    assert (finding.tool, finding.message, finding.detail) == ("tests", "tests: exit code 3", "first\nlast")


async def test_the_first_check_that_fails_ends_it(validator: Validator, tree: str) -> None:
    verdict = await validator.judge(tree, [check("kill -KILL $$", name="build"), check("exec sleep 1000")])
    assert [finding.message for finding in verdict.findings] == ["build: exit code 137"]


async def test_a_check_that_does_not_end_in_time_fails(validator: Validator, tree: str) -> None:
    verdict = await validator.judge(tree, [check("exec sleep 1000", timeout=0.2)])
    assert verdict.status is VerdictStatus.FAILED
    [finding] = verdict.findings
    assert (finding.message, finding.failure_class) == ("tests: no end within 0.2 s", FailureClass.TIMEOUT)


async def test_a_check_that_cannot_be_run_is_the_tools_fault(validator: Validator, tree: str) -> None:
    verdict = await validator.judge(tree, [check("true"), check("true", shell="no-such-shell {0}")])
    assert (verdict.status, verdict.evidence) == (VerdictStatus.TOOL_ERROR, Evidence.NONE)
    [finding] = verdict.findings
    assert finding.message.startswith("tests cannot be run: ")
    assert "no-such-shell" in finding.message


async def test_isolation_that_cannot_be_had_is_the_tools_fault(tree: str) -> None:
    runner = FakeRunner().when(lambda _argv: True, Reply(error=IsolationError("there is no bubblewrap")))
    verdict = await CommandValidator(runner, {}).judge(tree, [check("true")])
    assert verdict.status is VerdictStatus.TOOL_ERROR


def names_in(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


async def test_checks_leave_no_files_of_theirs_behind(validator: Validator, tree: str) -> None:
    await validator.judge(tree, [check("true")])
    assert names_in(tree) == ["here.txt"]
