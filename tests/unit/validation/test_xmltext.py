"""XML as reporters really write it."""

import pytest

from orchestrator.domain.verdict import CaseStatus
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import junit
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.xmltext import read_xml


@pytest.mark.parametrize("colour", ["&#x1B;[31m", "&#27;[31m", "&#x1b;[1m", "&#x001B;[31m"])
def test_a_message_that_is_coloured_by_references_costs_no_report(colour: str) -> None:
    report = (
        '<testsuite name="all" tests="2"><testcase classname="a" name="good"/>'
        f'<testcase classname="a" name="bad"><failure>{colour}1 is not 2&#x1B;[0m</failure></testcase></testsuite>'
    )
    read = junit.parse(Output(reports=[report]), Context())
    assert [(test.id, test.status) for test in read.tests] == [
        ("a::good", CaseStatus.PASSED),
        ("a::bad", CaseStatus.FAILED),
    ]
    assert [finding.message for finding in read.findings] == ["1 is not 2"]
    assert read.is_complete


def test_other_references_are_what_they_stand_for() -> None:
    assert (
        read_xml("<a>&#9;&#x41;&#10;&#128512;&#310;</a>", of="x").text
        == "\tA\n\N{GRINNING FACE}\N{LATIN CAPITAL LETTER K WITH CEDILLA}"
    )


@pytest.mark.parametrize("text", ["<a>&#x110000;</a>", "<a>&#xD800;</a>", "<a>&other;</a>"])
def test_what_is_no_character_at_all_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        read_xml(text, of="x")
