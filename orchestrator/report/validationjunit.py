"""A validation as JUnit XML: a suite for each stage, a case for each test; the other findings as cases of their own.

The elements are the common ground of the readers of CI services (see :mod:`orchestrator.report.junit`).
"""

from collections import Counter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from orchestrator.domain.assessment import StageResult, Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.judgement import Validation
from orchestrator.domain.verdict import CaseResult, CaseStatus, VerdictStatus
from orchestrator.report.plaintext import clean, last_lines

__all__ = ["validation_junit"]

_ELEMENTS = {CaseStatus.FAILED: "failure", CaseStatus.ERROR: "error", CaseStatus.SKIPPED: "skipped"}
_LONGEST = 2000
_MOST_LINES = 200


def validation_junit(validation: Validation) -> str:
    """One suite for each stage that ran or was skipped; a stage that passed without tests is one case that passed."""
    suites = Element("testsuites", name="rung validate")
    for stage in validation.assessment.stages:
        _suite(suites, stage)
    for skipped in validation.assessment.skipped:
        suite = SubElement(suites, "testsuite", name=_name(skipped.name, skipped.unit))
        case = SubElement(suite, "testcase", name=skipped.name, classname=suite.attrib["name"], time="0")
        SubElement(case, "skipped", message=clean(skipped.reason, _LONGEST))
        _count(suite)
    indent(suites)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(suites, encoding="unicode") + "\n"


def _suite(suites: Element, stage: StageResult) -> None:
    suite = SubElement(suites, "testsuite", name=_name(stage.name, stage.unit))
    suite.set("time", f"{stage.seconds:.3f}")
    told = {finding.test: finding for finding in reversed(stage.findings) if finding.test}
    for test in stage.tests:
        _case(suite, test, finding=told.get(test.id))
    ids = {test.id for test in stage.tests}
    for number, finding in enumerate([one for one in stage.errors if one.test not in ids], 1):
        _other(suite, finding, number=number, is_tools=stage.status is VerdictStatus.TOOL_ERROR)
    if not len(suite):
        SubElement(suite, "testcase", name=stage.name, classname=suite.attrib["name"], time=f"{stage.seconds:.3f}")
    _count(suite)


def _name(stage: str, unit: Unit) -> str:
    return clean("/".join(part for part in (unit.pack, unit.root, stage) if part), _LONGEST)


def _case(suite: Element, test: CaseResult, *, finding: Finding | None) -> None:
    group, _, name = test.id.rpartition("::")
    case = SubElement(suite, "testcase", name=clean(name, _LONGEST), classname=clean(group, _LONGEST))
    case.set("time", f"{test.seconds:.3f}")
    if tag := _ELEMENTS.get(test.status):
        message = finding.message if finding else test.message
        verdict = SubElement(case, tag, message=clean(message, _LONGEST))
        verdict.text = "\n".join(last_lines(finding.detail, _MOST_LINES)) or None if finding else None
    elif test.status is CaseStatus.FLAKY:
        SubElement(case, "system-out").text = "flaky: it passed in one run and failed in another"


def _other(suite: Element, finding: Finding, *, number: int, is_tools: bool) -> None:
    place = ":".join(str(part) for part in (finding.file, finding.line) if part) or f"{finding.tool} {number}"
    case = SubElement(suite, "testcase", name=clean(place, _LONGEST), classname=suite.attrib["name"], time="0")
    verdict = SubElement(case, "error" if is_tools else "failure", message=clean(finding.message, _LONGEST))
    verdict.set("type", clean(finding.code or finding.tool, _LONGEST))
    verdict.text = "\n".join(last_lines(finding.detail, _MOST_LINES)) or None


def _count(suite: Element) -> None:
    found = Counter(verdict.tag for case in suite for verdict in case)
    suite.attrib.update(tests=str(len(suite)), failures=str(found["failure"]), errors=str(found["error"]))
    suite.set("skipped", str(found["skipped"]))
