"""Groups of findings with one root cause; what only follows from another finding is set aside.

A compiler that meets one mistake says many things. Who repairs wants the first of them, once, with the rest at hand.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.validation.fingerprint import fingerprint

__all__ = ["Group", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is to be repaired together.

    Attributes:
        id: the fingerprint of the first finding; stable where the lines of a file move.
        files: that the findings name, each once, in their order.
        findings: the first is the root cause; the others say the same of other places or come from other tools.
        cascade: what followed from it; repaired with it, or seen again when it is gone.
    """

    id: str
    files: Sequence[str]
    findings: Sequence[Finding]
    cascade: Sequence[Finding] = ()


_Key: TypeAlias = tuple[str, ...]
_NAME = re.compile(
    r"(?:name|symbol|identifier|function|variable|type|module|package|undefined:|undeclared|reference to|find|import"
    r"|unresolved)\W{1,6}(?P<after>[A-Za-z_$][\w.$:/-]*)|^\W?(?P<before>[A-Za-z_$][\w.$:]*)\W? (?:undeclared"
    r"|was not declared|is not defined)"
    r"|(?P<header>[\w./+-]+\.(?:h|hh|hpp|hxx))\b"
)
_QUOTED = re.compile(r"[`'\"\u2018](?P<name>[^`'\"\u2018\u2019]{1,200})[`'\"\u2019]")
_SYMBOL = re.compile(r"symbol: +\w+ (?P<name>[\w$]+)")
_SUMMARY = re.compile(
    r"aborting due to|could not compile|build failed|linker command failed|ld returned|compilation terminated"
    r"|all warnings being treated as errors|too many errors|.*: Error \d+$|No SOURCES given to target|'?test failed'?$"
)
_SILENT_TOOLS = frozenset({"ruff", "eslint", "shellcheck", "clippy", "flake8", "pylint"})
"""Linters report what they see; none of it follows from anything but a syntax error."""


def group(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Groups in the order of their first findings. Every finding is in exactly one group, as finding or as cascade.

    Joined are: one name that is not known, wherever it is used; the same place, whichever tools name it; the same
    message of one tool in one file. Cascades are: whatever a tool says of a file below a syntax error in it or beside
    a missing header; summaries, such as ``aborting due to``; warnings beside errors of the same tool in the same file
    are not. Summaries alone are a group, so that nothing is lost.
    """
    rows = list(findings)
    causes = [one for one in rows if not _is_summary(one)]
    summaries = [one for one in rows if _is_summary(one)] if causes else []
    groups: dict[_Key, list[Finding]] = {}
    cascades: dict[_Key, list[Finding]] = {}
    blocked: dict[tuple[str, str], tuple[_Key, int]] = {}
    for one in causes or rows:
        key = _blocking(one, blocked)
        if key:
            cascades.setdefault(key, []).append(one)
            continue
        key = _key(one)
        groups.setdefault(key, []).append(one)
        if _blocks(one):
            blocked.setdefault((one.tool, one.file), (key, one.line))
    if summaries:
        cascades.setdefault(next(iter(groups)), []).extend(summaries)
    return tuple(_made(members, cascades.get(key, ())) for key, members in groups.items())


def _made(members: Sequence[Finding], cascade: Sequence[Finding]) -> Group:
    first = members[0]
    files = tuple(dict.fromkeys(one.file for one in members if one.file))
    return Group(
        id=first.fingerprint or fingerprint(first), files=files, findings=tuple(members), cascade=tuple(cascade)
    )


def _is_summary(finding: Finding) -> bool:
    return _SUMMARY.match(finding.message) is not None


def _is_missing_header(finding: Finding) -> bool:
    return finding.failure_class is FailureClass.NAME and re.search(r"\.h\w*\W", finding.message + " ") is not None


def _blocks(finding: Finding) -> bool:
    """Whether a tool cannot know what it says of the rest of the file."""
    is_error = finding.severity is Severity.ERROR
    return (
        is_error
        and bool(finding.file)
        and (finding.failure_class is FailureClass.SYNTAX or _is_missing_header(finding))
    )


def _blocking(finding: Finding, blocked: dict[tuple[str, str], tuple[_Key, int]]) -> _Key | None:
    """The key of what stands in the way above this finding; a failed test is never waved away like this."""
    hit = blocked.get((finding.tool, finding.file)) if finding.file and not finding.test else None
    return hit[0] if hit and (finding.line >= hit[1] or not finding.line) else None


def _key(finding: Finding) -> _Key:
    return next((key for rule in _RULES if (key := rule(finding))), ("alone", str(id(finding))))


def _unknown_name(finding: Finding) -> _Key | None:
    if finding.failure_class is not FailureClass.NAME or finding.severity is not Severity.ERROR:
        return None
    name = _missing_name(finding)
    return ("name", name) if name else None


def _missing_name(finding: Finding) -> str:
    symbol = _SYMBOL.search(finding.detail)
    if symbol:
        return symbol["name"]
    header = _NAME.search(finding.message) if _is_missing_header(finding) else None
    if header and header["header"]:
        return header["header"]
    quoted = _QUOTED.search(finding.message)
    if quoted:
        return quoted["name"]
    match = _NAME.search(finding.message)
    return (match["after"] or match["before"] or match["header"] or "") if match else ""


def _same_place(finding: Finding) -> _Key | None:
    """Syntax errors of several tools at one place are one; so are tests that fail to load for one reason."""
    if finding.failure_class is FailureClass.SYNTAX and finding.file and finding.line:
        return "place", finding.file, str(finding.line)
    return None


def _same_message(finding: Finding) -> _Key | None:
    if finding.test:
        return ("test", finding.tool, finding.test)
    if finding.tool in _SILENT_TOOLS:
        return ("rule", finding.tool, finding.file, finding.code)
    return ("message", finding.tool, finding.file, finding.code, finding.message)


_RULES: Sequence[Callable[[Finding], _Key | None]] = (_unknown_name, _same_place, _same_message)
"""The first that gives a key decides."""
