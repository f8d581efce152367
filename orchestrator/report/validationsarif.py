"""A validation as SARIF 2.1.0 (OASIS), for code scanning views: a run for each tool that found something."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from orchestrator.domain.assessment import StageResult
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.judgement import Validation
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.report.plaintext import clean, encodable

__all__ = ["validation_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_LONGEST = 2000


def validation_sarif(validation: Validation) -> str:
    """The log, indented, with a line feed at its end. Without findings it has one run with no result.

    What a tool's own failure says is no result but a notification: it is not about the code.
    """
    stages = validation.assessment.stages
    named = list(dict.fromkeys(one.tool for stage in stages for one in stage.findings)) or ["rung"]
    runs = [_run(tool, stages) for tool in named]
    return encodable(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2), "utf-8") + "\n"


def _run(tool: str, stages: Sequence[StageResult]) -> Mapping[str, Any]:
    about = [(stage, one) for stage in stages for one in stage.findings if one.tool == tool]
    broken = [one for stage, one in about if stage.status is VerdictStatus.TOOL_ERROR]
    results = [_result(one) for stage, one in about if stage.status is not VerdictStatus.TOOL_ERROR]
    rules = [{"id": code} for code in dict.fromkeys(result["ruleId"] for result in results)]
    notifications = [{"level": "error", "message": {"text": clean(one.message, _LONGEST)}} for one in broken]
    return {
        "tool": {"driver": {"name": clean(tool, _LONGEST) or "unknown", "rules": rules}},
        "invocations": [{"executionSuccessful": not broken, "toolExecutionNotifications": notifications}],
        "results": results,
    }


def _result(finding: Finding) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "ruleId": clean(finding.code or finding.failure_class.value, _LONGEST),
        "level": _LEVELS[finding.severity],
        "message": {"text": clean(f"{finding.test}: {finding.message}" if finding.test else finding.message, _LONGEST)},
        "partialFingerprints": {"rung/v1": finding.fingerprint},
    }
    if finding.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file, errors="surrogateescape")}}
        if finding.line:
            place["region"] = {"startLine": finding.line, **({"startColumn": finding.column} if finding.column else {})}
        result["locations"] = [{"physicalLocation": place}]
    return result
