from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.events import Event
from orchestrator.domain.status import RunStatus
from orchestrator.report import RunState, junit_xml
from orchestrator.report.plaintext import clean
from tests.unit.report.script import begun, failed, fold, hostile_events, node, run_ended, started


def suite_of(state: RunState) -> ET.Element:
    """The one suite, after checking that what it says of itself is what it holds."""
    suite = ET.fromstring(junit_xml(state))[0]
    assert suite.attrib["tests"] == str(len(suite.findall("testcase")))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.attrib[attribute] == str(len(suite.findall(f"testcase/{tag}")))
    return suite


def verdicts(state: RunState) -> dict[str, tuple[str, str]]:
    """Node -> (element, message)."""
    cases = suite_of(state).findall("testcase")
    return {
        case.attrib["name"]: (verdict.tag, verdict.attrib["message"])
        for case in cases
        for verdict in case
        if verdict.tag != "system-out"
    }


def test_a_failed_run(failing: list[Event]) -> None:
    state = fold(failing)
    suite = suite_of(state)
    assert [suite.attrib[name] for name in ("name", "tests", "failures", "errors", "skipped", "time")] == [
        "build-all",
        "16",
        "3",
        "0",
        "6",
        "26.000",
    ]
    assert verdicts(state)["compile[src-parser.c]"] == ("failure", "exit 2")
    assert verdicts(state)["test"] == ("skipped", "needs compile, which failed")
    assert "fetch" not in verdicts(state)


def test_the_detail_of_a_failure_is_its_text(failing: list[Event]) -> None:
    case = next(one for one in suite_of(fold(failing)) if one.attrib["name"] == "lint")
    assert case.findtext("failure") == "src/main.c:3: line too long"
    assert (case.attrib["time"], case[0].attrib["type"]) == ("12.400", "validation")


def test_a_tolerated_failure_leaves_the_suite_green_and_says_so(failing: list[Event]) -> None:
    assert verdicts(fold(failing))["docs"] == ("skipped", "failed, but tolerated: exit 2")


def test_the_attempts_before_the_last_are_told(failing: list[Event]) -> None:
    case = next(one for one in suite_of(fold(failing)) if one.attrib["name"] == "fetch")
    assert case.findtext("system-out") == "attempt 1 error: exit 7: could not resolve host"


def test_a_run_that_edits_tells_its_models_and_its_result(editing: list[Event]) -> None:
    suite = suite_of(fold(editing))
    assert suite[0].tag == "properties"
    properties = {one.attrib["name"]: one.attrib["value"] for one in suite[0]}
    assert properties == {"result.branch": "rung/run-7f3a", "result.commit": "b" * 40}
    told = "attempt 1, small, rejected: tests: exit code 1\nattempt 2, large, accepted"
    assert suite.findtext("testcase/system-out") == told


def test_a_question_is_an_error_and_what_waits_is_skipped(blocking: list[Event]) -> None:
    assert verdicts(fold(blocking)) == {
        "approve": ("error", "Ship version 1.4.0 to production?"),
        "deploy": ("skipped", "waits for approve, which is blocked"),
        "announce": ("skipped", "waits for approve, which is blocked"),
    }


def test_what_was_running_when_the_engine_was_killed_is_an_error(opening: list[Event]) -> None:
    assert verdicts(fold(opening))["lint"] == ("error", "unfinished when the record of the run broke off")


def test_a_run_without_nodes_is_an_empty_suite() -> None:
    assert len(suite_of(fold([begun(), run_ended(0, RunStatus.SUCCEEDED)]))) == 0
    assert suite_of(RunState()).attrib["name"] == "run"


def test_hostile_text_stays_text(hostile: list[Event]) -> None:
    text = junit_xml(fold(hostile))
    assert text.replace("\n", "").isprintable()
    assert {one.tag for one in ET.fromstring(text).iter()} <= {"testsuites", "testsuite", "testcase", "failure"} | {
        "error",
        "skipped",
        "system-out",
        "properties",
        "property",
    }


@given(st.text(st.characters(), max_size=30))
def test_any_text_gives_well_formed_xml_that_holds_it(text: str) -> None:
    assert suite_of(fold(hostile_events(text)))
    state = fold([begun(node("a")), started(0, "a"), failed(1, "a", text)])
    assert verdicts(state)["a"] == ("failure", clean(text))
