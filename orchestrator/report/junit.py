"""A run as JUnit XML, so that the test views of CI services can show it.

There is no standard; the elements used here (``testsuites/testsuite/testcase`` with ``properties``, ``failure``,
``error``, ``skipped`` and ``system-out``) are the common ground of the readers of Jenkins, GitLab and GitHub actions.
"""

from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from orchestrator.domain.status import NodeStatus
from orchestrator.report.plaintext import clean, timestamp
from orchestrator.report.record import Attempt, NodeRecord
from orchestrator.report.state import RunState
from orchestrator.report.story import evidence
from orchestrator.report.waiting import reason_of, reasons_of_open_nodes

_ELEMENTS = {
    NodeStatus.FAILED: "failure",
    NodeStatus.BLOCKED: "error",
    NodeStatus.RUNNING: "error",
    NodeStatus.PENDING: "skipped",
    NodeStatus.READY: "skipped",
    NodeStatus.SKIPPED: "skipped",
    NodeStatus.CANCELLED: "skipped",
    NodeStatus.DISCARDED: "skipped",
}
"""Status -> element inside the test case. A blocked node is no pass: a person must see it."""
_LONGEST = 2000


def junit_xml(state: RunState) -> str:
    """One test suite, one test case for each node, in the order of announcement.

    A failure that the workflow tolerates is ``skipped`` with the reason, so that a run that succeeded is green
    here too. Text is made printable first, so no character that XML 1.0 forbids can occur. Empty run: empty suite.
    """
    derived = reasons_of_open_nodes(state)
    name = clean(state.name, _LONGEST) or "run"
    suite = Element("testsuite", name=name)
    for record in state.nodes.values():
        tolerated = record.status is NodeStatus.FAILED and state.tolerates(record)
        _case(suite, record, reason=reason_of(record, derived), tolerated=tolerated)
    found = Counter(verdict.tag for case in suite for verdict in case)
    suite.attrib.update(tests=str(len(suite)), failures=str(found["failure"]), errors=str(found["error"]))
    suite.attrib.update(skipped=str(found["skipped"]), time=f"{state.seconds():.3f}")
    if state.started is not None:
        suite.set("timestamp", timestamp(state.started))
    if state.result:
        suite.insert(0, _properties({"result.branch": state.result.branch, "result.commit": state.result.commit}))
    suites = Element("testsuites", name=name)
    suites.append(suite)
    indent(suites)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(suites, encoding="unicode") + "\n"


def _properties(values: Mapping[str, str]) -> Element:
    properties = Element("properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=clean(value, _LONGEST))
    return properties


def _case(suite: Element, record: NodeRecord, *, reason: str, tolerated: bool) -> None:
    case = SubElement(suite, "testcase", name=clean(record.spec.id, _LONGEST))
    case.set("classname", suite.attrib["name"])
    case.set("time", f"{sum(one.seconds or 0.0 for one in record.attempts):.3f}")
    tag = "skipped" if tolerated else _ELEMENTS.get(record.status)
    if tag:
        message = clean(f"failed, but tolerated: {reason}" if tolerated else reason, _LONGEST)
        verdict = SubElement(case, tag, message=message)
        verdict.text = "\n".join(evidence(record)) or None
        if tag != "skipped":
            verdict.set("type", record.kind or record.status)
    told = "\n".join(_attempt(one) for one in record.attempts if one.reason or one.model)
    if len(record.attempts) > 1 or any(one.model for one in record.attempts):
        SubElement(case, "system-out").text = told or None


def _attempt(attempt: Attempt) -> str:
    model = f", {clean(attempt.model, _LONGEST)}," if attempt.model else ""
    reason = f": {clean(attempt.reason, _LONGEST)}" if attempt.reason else ""
    return f"attempt {attempt.n}{model} {attempt.status}{reason}"
