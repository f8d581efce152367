"""Every parser on recorded outputs of real tools, on what is left of them when they are cut, and on anything at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.finding import FailureClass, Severity
from orchestrator.domain.verdict import CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.output import Context, Output, Parser
from orchestrator.validation.parsers.table import PARSERS
from tests.unit.validation.recorded import CASES, Recorded, recorded, told

ALL = recorded()
DOCUMENTS = recorded("ruff", "pyright", "eslint", "sarif", "shellcheck", "jest", "junit")
UNREAD = {"rustc", "tap", "matchers", "vitest", "generic"}
"""Rows whose parsers are tried through another row, or on lines of their own."""


def parsed(name: str, output: Output, context: Context | None = None) -> Report:
    """What a parser makes of it; a refusal counts as an empty report that is not complete."""
    try:
        return PARSERS[name](output, context or Context())
    except ParseError:
        return Report(is_complete=False)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_recorded_output_is_read_as_expected(one: Recorded) -> None:
    assert told(PARSERS[one.format](one.output, one.context)) == one.case["expected"]


def test_every_row_of_the_table_has_recorded_cases() -> None:
    assert {path.name for path in CASES.iterdir()} == set(PARSERS) - UNREAD
    assert list(PARSERS) == sorted(PARSERS)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_tool_that_found_nothing_exits_with_zero_and_one_that_found_errors_does_not(one: Recorded) -> None:
    report = PARSERS[one.format](one.output, one.context)
    is_bad = any(finding.severity is Severity.ERROR for finding in report.findings)
    ran_nothing = one.folder.name in {"empty", "pytest-empty"}
    assert is_bad == (one.case["exit_code"] != 0) or ran_nothing


@pytest.mark.parametrize("one", ALL, ids=str)
def test_every_failed_test_has_its_finding_and_every_finding_of_a_test_its_failed_test(one: Recorded) -> None:
    report = PARSERS[one.format](one.output, one.context)
    bad = {case.id for case in report.tests if case.status in (CaseStatus.FAILED, CaseStatus.ERROR)}
    named = {finding.test for finding in report.findings if finding.test}
    parents = {name for name in bad if any(other.startswith(f"{name}/") for other in bad)}
    assert bad - parents == named - ({"app.test.js"} - bad)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_findings_name_files_of_the_project(one: Recorded) -> None:
    report = PARSERS[one.format](one.output, one.context)
    known = {"", *one.context.files}
    assert {finding.file for finding in report.findings} <= known


@pytest.mark.parametrize("one", ALL, ids=str)
def test_what_is_known_to_be_cut_is_never_complete(one: Recorded) -> None:
    output = one.output
    cut = Output(stdout=output.stdout, stderr=output.stderr, is_cut=True)
    assert not PARSERS[one.format](cut, one.context).is_complete


@pytest.mark.parametrize("one", DOCUMENTS, ids=str)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_document_that_was_cut_off_is_never_complete(one: Recorded, share: float) -> None:
    output = one.output
    reports = [text[: int(len(text) * share)] for text in output.reports]
    stdout = output.stdout.rstrip()
    report = parsed(one.format, Output(stdout=stdout[: int((len(stdout) - 1) * share)], reports=reports), one.context)
    assert not report.is_complete


@pytest.mark.parametrize("name", ["pytest", "unittest", "go-test", "cargo-test", "node-test", "maven", "gradle"])
def test_a_test_run_without_its_end_is_not_complete(name: str) -> None:
    for one in recorded(name):
        stdout, stderr = one.output.stdout, one.output.stderr
        part = Output(stdout=stdout[: len(stdout) // 3], stderr=stderr[: len(stderr) // 3])
        if len(PARSERS[name](one.output, one.context).tests) > 1:
            assert not parsed(name, part, one.context).is_complete, one


@pytest.mark.parametrize(
    "name", ["cargo", "eslint", "gcc-json", "jest", "junit", "pyright", "ruff", "sarif", "shellcheck"]
)
@pytest.mark.parametrize("text", ["", " \n", "hello", "{", "[1, 2", "null", "<html/>", '{"a": ' * 5_000])
def test_what_is_no_such_document_is_refused_or_not_complete(name: str, text: str) -> None:
    assert not parsed(name, Output(stdout=text)).is_complete


@pytest.mark.parametrize("name", ["go-test", "gradle", "maven", "node-test", "pytest", "tap", "unittest", "cargo-test"])
def test_a_test_runner_that_printed_nothing_of_its_own_is_refused(name: str) -> None:
    for text in ("", "sh: 1: not found\n", "Killed"):
        with pytest.raises(ParseError):
            PARSERS[name](Output(stdout=text), Context())


ANYTHING = st.one_of(
    st.text(max_size=300),
    st.binary(max_size=300).map(lambda data: data.decode("utf-8", "replace")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ).map(json.dumps),
)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=25)
@given(stdout=ANYTHING, stderr=ANYTHING, is_report=st.booleans())
def test_any_text_gives_a_report_or_a_parse_error(name: str, stdout: str, stderr: str, is_report: bool) -> None:
    parsed(name, Output(stdout=stdout, stderr=stderr, reports=[stdout] if is_report else []), Context(root="/a"))


SEEDS = {name: [one for one in ALL if one.format == name] or ALL[:20] for name in PARSERS}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_recorded_output_with_a_part_replaced_gives_a_report_or_a_parse_error(name: str, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(SEEDS[name]))
    texts = [*one.output.reports, one.output.stdout, one.output.stderr]
    start = data.draw(st.integers(0, max(map(len, texts))))
    length = data.draw(st.integers(0, 200))
    filler = data.draw(
        st.sampled_from(["", "\x00", "\u2028", "\ud800", "9" * 30, "}", "</", "\x1b[", ":", "null", "true"])
    )
    *reports, stdout, stderr = (text[:start] + filler + text[start + length :] for text in texts)
    report = parsed(name, Output(stdout=stdout, stderr=stderr, reports=reports), one.context)
    for finding in report.findings:
        finding.message.encode()
        finding.detail.encode()
        assert "\n" not in finding.message


WRONG_TYPES = [
    ("ruff", '[{"filename": 1, "location": [], "fix": "x", "code": {}}]'),
    ("eslint", '[{"filePath": null, "messages": [{"line": "1", "ruleId": [1], "severity": {}}, 4]}]'),
    ("pyright", '{"generalDiagnostics": [{"range": 1, "message": [], "severity": []}]}'),
    (
        "sarif",
        '{"runs": [{"tool": [], "results": [{"kind": [], "level": {}, "locations": [{"physicalLocation": 3}]}]}]}',
    ),
    ("shellcheck", '[{"level": [], "code": -1, "line": 1e400}]'),
    ("jest", '{"testResults": [{"name": 1, "assertionResults": [{"ancestorTitles": [1], "failureMessages": [2]}]}]}'),
    ("gcc-json", '[{"kind": [], "locations": [{"caret": {"line": "x"}}], "option": 1, "message": {}}]'),
    (
        "cargo",
        '{"reason": "compiler-message", "message": {"message": "m", "spans": [{"is_primary": true}], "code": 1}}',
    ),
    ("go-test", '{"Action": [], "Package": "p", "Test": 1, "Elapsed": "x"}'),
    ("mypy", '{"message": 1, "column": "x", "severity": [], "code": {}}'),
]


@pytest.mark.parametrize(("name", "text"), WRONG_TYPES)
def test_values_of_the_wrong_type_are_passed_over(name: str, text: str) -> None:
    for finding in PARSERS[name](Output(stdout=text), Context()).findings:
        assert (finding.line, finding.column) == (0, 0)


def test_a_suggestion_of_rustc_is_kept_with_its_place() -> None:
    span = {"file_name": "src/lib.rs", "line_start": 2, "column_start": 5, "line_end": 2, "column_end": 6}
    child = {"spans": [{**span, "suggested_replacement": "_x", "suggestion_applicability": "MachineApplicable"}]}
    message = {"message": "unused variable: `x`", "level": "warning", "spans": [{**span, "is_primary": True}]}
    row = {"reason": "compiler-message", "message": {**message, "children": [child]}}
    (finding,) = PARSERS["cargo"](Output(stdout=json.dumps(row)), Context()).findings
    assert finding.detail.splitlines()[-1] == 'suggestion src/lib.rs:2:5-2:6 (MachineApplicable): "_x"'


def test_an_error_inside_a_macro_is_where_the_macro_is_used() -> None:
    used = {"file_name": "src/lib.rs", "line_start": 7, "column_start": 1}
    span = {"file_name": "/rustc/library/core/src/macros.rs", "line_start": 40, "is_primary": True}
    message = {"message": "no", "level": "error", "spans": [{**span, "expansion": {"span": used}}]}
    row = {"reason": "compiler-message", "message": message}
    (finding,) = PARSERS["cargo"](Output(stdout=json.dumps(row)), Context()).findings
    assert (finding.file, finding.line) == ("src/lib.rs", 7)


def test_a_refusal_says_what_was_expected_and_where() -> None:
    with pytest.raises(ParseError, match=r"^no output of junit: it is no XML: mismatched tag \(line 2\)$"):
        PARSERS["junit"](Output(reports=["<testsuite>\n</x>"]), Context())


def test_a_report_file_counts_though_the_console_was_cut() -> None:
    output = Output(stdout="...", reports=["<testsuite><testcase name='a'/></testsuite>"], is_cut=True)
    assert PARSERS["junit"](output, Context()).is_complete


def test_tests_of_the_same_name_are_counted_apart() -> None:
    text = "<testsuite><testcase name='a'/><testcase name='a'><failure/></testcase></testsuite>"
    report = PARSERS["junit"](Output(reports=[text]), Context())
    assert {case.id: case.status for case in report.tests} == {"a": CaseStatus.PASSED, "a (2)": CaseStatus.FAILED}
    assert [finding.test for finding in report.findings] == ["a (2)"]


def test_a_junit_report_with_fewer_cases_than_it_counts_is_not_complete() -> None:
    text = '<testsuites><testsuite tests="3"><testcase name="a"/></testsuite></testsuites>'
    assert not PARSERS["junit"](Output(reports=[text]), Context()).is_complete
    assert PARSERS["junit"](Output(reports=[text.replace('"3"', '"1"')]), Context()).is_complete


def test_several_reports_are_read_as_one() -> None:
    texts = [f"<testsuite><testcase classname='C' name='{name}'/></testsuite>" for name in "ab"]
    assert [case.id for case in PARSERS["junit"](Output(reports=texts), Context()).tests] == ["C::a", "C::b"]


def test_tests_that_are_retried_are_flaky() -> None:
    text = "<testsuite><testcase name='a'><flakyFailure/></testcase></testsuite>"
    (case,) = PARSERS["junit"](Output(reports=[text]), Context()).tests
    assert case.status is CaseStatus.FLAKY


@pytest.mark.parametrize(
    "text",
    ["1..2\nok 1 - a\n", "ok 1 - a\n", "1..1\nBail out! no\n", "TAP version 13\nok 1 - a\n"],
)
def test_tap_without_all_its_tests_is_not_complete(text: str) -> None:
    assert not PARSERS["tap"](Output(stdout=text), Context()).is_complete


def test_tap_of_other_programs_is_read_too() -> None:
    text = "1..4\nok 1 - a # b\nnot ok 2 - c\nok 3 # SKIP no\nnot ok 4 - d # TODO later\n"
    report = PARSERS["tap"](Output(stdout=text), Context())
    assert [(case.id, case.status.value) for case in report.tests] == [
        ("a # b", "passed"),
        ("c", "failed"),
        ("unnamed", "skipped"),
        ("d", "skipped"),
    ]
    assert (report.is_complete, [finding.test for finding in report.findings]) == (True, ["c"])


def test_a_section_of_pytest_that_shows_no_error_still_is_a_failure() -> None:
    text = "___ test_a ___\na_test.py:3: KeyError\n=== short test summary info ===\nFAILED a_test.py::test_a\n"
    (finding,) = PARSERS["pytest"](Output(stdout=text), Context()).findings
    assert (finding.test, finding.line, finding.message) == ("a_test.py::test_a", 3, "it failed")


def test_names_of_tests_are_not_taken_for_files() -> None:
    text = 'ok 1 - reads "a\\b" in ./c\nok 2 - /p/a.test.js\n1..2\n'
    report = PARSERS["tap"](Output(stdout=text), Context(root="/p", folder="sub"))
    assert [case.id for case in report.tests] == ['reads "a\\b" in ./c', "a.test.js"]


def test_go_names_files_without_their_folder_and_the_project_knows_which_is_meant() -> None:
    rows = [
        {"Action": "run", "Package": "demo/deep/down", "Test": "TestA"},
        {"Action": "output", "Package": "demo/deep/down", "Test": "TestA", "Output": "    a_test.go:4: wrong\n"},
        {"Action": "fail", "Package": "demo/deep/down", "Test": "TestA"},
        {"Action": "fail", "Package": "demo/deep/down"},
    ]
    context = Context(files=("deep/down/a_test.go", "a_test.go"))
    (finding,) = PARSERS["go-test"](Output(stdout="\n".join(map(json.dumps, rows))), context).findings
    assert (finding.file, finding.line) == ("deep/down/a_test.go", 4)


def test_a_package_that_timed_out_is_a_finding_of_its_own() -> None:
    rows = [
        {"Action": "output", "Package": "p", "Output": "panic: test timed out after 1s\n"},
        {"Action": "fail", "Package": "p"},
    ]
    (finding,) = PARSERS["go-test"](Output(stdout="\n".join(map(json.dumps, rows))), Context()).findings
    assert finding.failure_class is FailureClass.TIMEOUT


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/p/src/a.c", "src/a.c"),
        ("./a.c", "sub/a.c"),
        ("a.c", "sub/a.c"),
        (".//a.c", "sub/a.c"),
        ("file:///p/a.js", "a.js"),
        ("src\\a.c", "sub/src/a.c"),
        ("/usr/include/a.h", "/usr/include/a.h"),
        ("/pp/a.c", "/pp/a.c"),
        ('"a.c"', "sub/a.c"),
        ("", ""),
    ],
)
def test_paths_are_told_relative_to_the_root(name: str, expected: str) -> None:
    assert Context(root="/p", folder="sub").path(name) == expected


def test_a_bare_name_means_the_only_file_that_ends_with_it() -> None:
    context = Context(files=("a/b.c", "c/b.c", "a/d.c", "d.c"))
    assert [context.find(name) for name in ("a/b.c", "b.c", "d.c", "e.c", "")] == ["a/b.c", "", "d.c", "", ""]


def test_the_inputs_of_the_cases_are_not_taken_for_code_of_ours() -> None:
    assert [path for path in CASES.rglob("*") if path.is_file() and path.suffix not in {".txt", ".json", ".xml"}] == []
    assert Path(__file__).exists()


def test_a_parser_is_a_function_of_output_and_context() -> None:
    parser: Parser = PARSERS["ruff"]
    assert parser(Output(stdout="[]"), Context()) == Report()
