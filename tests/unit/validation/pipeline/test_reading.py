"""What a command's end says of a tree: nothing passes that is not whole, and no tool's failure is the code's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.command import CommandResult
from orchestrator.domain.finding import FailureClass, Severity
from orchestrator.domain.verdict import CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.packs import StageCommand, StageName
from orchestrator.validation.parsers.output import Context
from orchestrator.validation.pipeline.reading import read_ended, read_missing, score_of
from orchestrator.validation.pipeline.running import Ended
from tests.unit.validation.recorded import recorded

TESTS = StageCommand(
    stage=StageName.TEST, argv=("run", "tests"), tool="runner", parser="junit", evidence=Evidence.IDS, idle=3.0,
    timeout=60.0, reports=("report.xml",), empty=frozenset({5}),
)  # fmt: skip
CASES = {
    "passed": "<testcase classname='m' name='{0}'/>",
    "failed": "<testcase classname='m' name='{0}'><failure message='AssertionError: no'/></testcase>",
    "skipped": "<testcase classname='m' name='{0}'><skipped/></testcase>",
}


def report(*cases: str, closed: bool = True) -> str:
    body = "".join(CASES[how].format(number) for number, how in enumerate(cases))
    return f"<testsuite>{body}{'</testsuite>' if closed else ''}"


def ended(exit_code: int, *reports: str, dropped: int = 0) -> Ended:
    return Ended(result=CommandResult(exit_code=exit_code, dropped_bytes=dropped), reports=reports, seconds=1.0)


def status(exit_code: int, *reports: str) -> str:
    return read_ended(TESTS, ended(exit_code, *reports), context=Context()).status.value


def test_ids_decide_and_the_exit_code_can_only_make_it_worse() -> None:
    assert status(0, report("passed", "skipped")) == "passed"
    assert status(0, report("passed", "failed")) == "failed"
    assert status(1, report("passed")) == "failed"
    assert status(5, report()) == "empty"
    assert status(0, report()) == "empty"
    assert status(0, report("skipped")) == "empty"


@pytest.mark.parametrize("tool", ["maven", "gradle"])
def test_set_up_fails_for_what_cannot_be_fetched_and_leaves_the_rest_to_later_stages(tool: str) -> None:
    decides = frozenset({FailureClass.DEPENDENCY_RESOLUTION})
    set_up = StageCommand(stage=StageName.SETUP, argv=("run",), tool=tool, parser=tool, decides=decides)
    said: dict[str, tuple[str, bool]] = {}
    for one in recorded(tool):
        result = CommandResult(exit_code=one.case["exit_code"], stdout=one.output.stdout, stderr=one.output.stderr)
        verdict = read_ended(set_up, Ended(result=result), context=one.context)
        has_errors = any(finding.severity is Severity.ERROR for finding in verdict.findings)
        if not any(test.status is CaseStatus.FAILED for test in verdict.tests):
            said[one.folder.name] = (verdict.status.value, has_errors)
    assert said.pop("missing-dependency") == ("failed", True)
    assert said.pop("bad-script", ("failed", True)) == ("failed", True), "a plugin that is nowhere"
    assert said
    assert set(said.values()) == {("passed", False)}


def test_a_plugin_of_maven_that_cannot_be_fetched_is_a_dependency() -> None:
    for line in (
        "No plugin found for prefix 'dependency' in the current project and in the plugin groups [a, b]",
        "Plugin a:b:1 or one of its dependencies could not be resolved: Could not find artifact a:b:jar:1",
        "Unresolveable build extension: Plugin a:b:1 or one of its dependencies could not be resolved",
    ):
        set_up = StageCommand(stage=StageName.SETUP, argv=("mvn",), tool="mvn", parser="maven")
        text = f"[INFO] Scanning for projects...\n[ERROR] {line} -> [Help 1]\n[ERROR]\n"
        verdict = read_ended(set_up, Ended(result=CommandResult(exit_code=1, stdout=text)), context=Context())
        assert [one.failure_class for one in verdict.findings] == [FailureClass.DEPENDENCY_RESOLUTION], line


def test_a_report_that_is_missing_broken_or_breaks_off_is_no_pass() -> None:
    assert status(0) == "failed"
    assert status(0, "<html>") == "failed"
    assert status(0, report("passed", closed=False)) == "failed"


def test_what_passed_in_a_report_that_breaks_off_is_no_evidence() -> None:
    verdict = read_ended(TESTS, ended(0, report("passed", "skipped", closed=False)), context=Context())
    assert [test.status for test in verdict.tests] == [CaseStatus.SKIPPED]
    assert verdict.evidence is Evidence.EXIT_CODE


def test_silence_and_the_end_of_the_time_are_timeouts_with_what_was_printed_last() -> None:
    idle = Ended(result=CommandResult(exit_code=143, stdout="one\ntwo\n", idle=True))
    late = Ended(tail=("three", "", "four"), seconds=60.0)
    for end, what, detail in ((idle, "no output for 3 s", "one\ntwo"), (late, "no end within 60 s", "three\nfour")):
        verdict = read_ended(TESTS, end, context=Context())
        (finding,) = verdict.findings
        assert (verdict.status, finding.failure_class) == (VerdictStatus.FAILED, FailureClass.TIMEOUT)
        assert (finding.message, finding.detail) == (f"runner: {what}", detail)


def test_a_command_that_never_began_is_the_tools_failure() -> None:
    for verdict in (read_ended(TESTS, Ended(fault="no such file"), context=Context()), read_missing(TESTS)):
        assert (verdict.status, score_of(verdict), verdict.tests) == (VerdictStatus.TOOL_ERROR, 0.0, ())


def test_a_test_that_fails_without_a_word_says_no_unless_a_signal_ended_it() -> None:
    silent = StageCommand(stage=StageName.TEST, argv=("run",), tool="bash", parser="bash", findings=frozenset({1, 139}))
    kinds = {
        code: read_ended(silent, ended(code), context=Context()).findings[0].failure_class for code in silent.findings
    }
    assert kinds == {1: FailureClass.ASSERT, 139: FailureClass.RUNTIME}
    (finding,) = read_ended(TESTS, ended(1, report("passed")), context=Context()).findings
    assert finding.failure_class is FailureClass.UNKNOWN, "its tests passed: nobody knows what it is"


def test_findings_are_attributed_to_the_tool_and_not_to_its_format() -> None:
    verdict = read_ended(TESTS, ended(1, report("failed")), context=Context())
    assert [one.tool for one in verdict.findings] == ["runner"]


def test_the_score_is_the_share_of_tests_that_passed() -> None:
    verdict = read_ended(TESTS, ended(1, report("passed", "passed", "failed", "skipped")), context=Context())
    assert score_of(verdict) == 2 / 3
    assert score_of(read_ended(TESTS, ended(1), context=Context())) == 1 / 2


@settings(max_examples=80)
@given(
    exit_code=st.integers(0, 255),
    cases=st.lists(st.sampled_from(sorted(CASES)), max_size=4),
    closed=st.booleans(),
    written=st.booleans(),
    dropped=st.sampled_from([0, 10]),
)
def test_only_a_whole_report_of_tests_that_passed_with_a_good_exit_code_passes(
    *, exit_code: int, cases: list[str], closed: bool, written: bool, dropped: int
) -> None:
    reports = (report(*cases, closed=closed),) if written else ()
    verdict = read_ended(TESTS, ended(exit_code, *reports, dropped=dropped), context=Context())
    is_good = exit_code == 0 and closed and written and "passed" in cases and "failed" not in cases
    assert (verdict.status is VerdictStatus.PASSED) == is_good
    assert (score_of(verdict) == 1.0) == is_good
    if verdict.status is VerdictStatus.FAILED:
        assert verdict.findings
