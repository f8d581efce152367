"""SARIF 2.1.0 (OASIS standard), from any tool that writes it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.classes import C_MESSAGES, classify, of_lint_code
from orchestrator.validation.parsers.jsontext import as_int, as_list, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line

_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE, "none": Severity.NOTE}
_PASSED = frozenset({"pass", "open", "notApplicable", "informational"})
_COMPILERS = ("gcc", "gnu c", "clang", "cc1")


def parse(output: Output, context: Context) -> Report:
    """Every result of every run that is a problem; suppressed results are left out.

    Raises:
        ParseError: it is no SARIF log.
    """
    findings: list[Finding] = []
    is_complete = True
    for text in output.documents:
        document = read_document(text, of="sarif")
        is_complete = is_complete and document.is_complete
        if document.is_complete:
            findings.extend(_findings(document.value, context))
    return Report(findings=tuple(findings), is_complete=is_complete)


def _findings(log: Any, context: Context) -> Iterator[Finding]:
    if not isinstance(dig(log, "runs"), list):
        raise ParseError("it has no runs", of="sarif")
    for run in objects(dig(log, "runs")):
        tool = as_text(dig(run, "tool", "driver", "name")) or "sarif"
        rules = [rule for rule in as_list(dig(run, "tool", "driver", "rules")) if isinstance(rule, dict)]
        defaults = {as_text(rule.get("id")): as_text(dig(rule, "defaultConfiguration", "level")) for rule in rules}
        for result in objects(run.get("results")):
            if as_text(result.get("kind")) not in _PASSED and not as_list(result.get("suppressions")):
                yield _finding(result, tool, level=defaults.get(_rule(result), ""), context=context)


def _rule(result: dict[str, Any]) -> str:
    return as_text(result.get("ruleId")) or as_text(dig(result, "rule", "id"))


def _finding(result: dict[str, Any], tool: str, *, level: str, context: Context) -> Finding:
    text = as_text(dig(result, "message", "text")) or as_text(dig(result, "message", "markdown"))
    place = next((dig(one, "physicalLocation") for one in objects(result.get("locations"))), None)
    code, message = _rule(result), first_line(text)
    return Finding(
        tool=first_line(tool).lower(),
        code="" if code in _LEVELS else code,
        message=message,
        severity=_LEVELS.get(as_text(result.get("level")) or level, Severity.WARNING),
        file=context.path(unquote(as_text(dig(place, "artifactLocation", "uri")))),
        line=as_int(dig(place, "region", "startLine")),
        column=as_int(dig(place, "region", "startColumn")),
        failure_class=_class(tool.lower(), code, message=message),
        detail=clipped(text.partition("\n")[2]),
    )


def _class(tool: str, code: str, *, message: str) -> FailureClass:
    if tool.startswith(_COMPILERS):
        return classify(message, C_MESSAGES, default=FailureClass.COMPILE)
    return of_lint_code(code)
