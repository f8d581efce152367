"""Fingerprints: the same finding in another tree has the same one, though its line has moved.

It is made of the tool, its code, the file, the test, the message without what varies between runs, and the text of the
line that the finding is about, where that is known. The line's number is not part of it.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from orchestrator.domain.finding import Finding

__all__ = ["SourceLines", "fingerprint", "fingerprinted", "normalised"]

SourceLines: TypeAlias = Callable[[str], Sequence[str]]
"""The lines of a file of the tree that was judged, without their ends; empty for one that cannot be read."""

_VARIABLE: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b", "<time>"),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "<id>"),
        (r"\b0[xX][0-9a-fA-F]+\b", "<address>"),
        (r"@[0-9a-f]{5,16}\b", "@<address>"),
        (r"/(?:private/)?(?:var/folders|var/tmp|tmp|dev/shm)/[^\s'\":,;)\]]*", "<temporary>"),
        (r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}\b", "<id>"),
        (r"\b\d+(?:[.,]\d+)*(?:e[+-]?\d+)?\s?(?:[mnu]?s|secs?|seconds?|minutes?|[KMG]i?B|bytes?)\b", "<amount>"),
        (r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])", "<n>"),
    )
)
"""In this order: what is longer and more telling first."""
_LENGTH = 16
_SEPARATOR = "\x1f"


def normalised(message: str) -> str:
    """A message without numbers, addresses, temporary paths and times; white space is one blank.

    Digits inside a word stay: ``x1`` and ``x2`` are two names, ``u32`` is a type.
    """
    for pattern, sign in _VARIABLE:
        message = pattern.sub(sign, message)
    return " ".join(message.split())


def fingerprint(finding: Finding, source_line: str = "") -> str:
    """Sixteen hexadecimal digits.

    Args:
        finding: its own ``fingerprint``, ``line``, ``column``, ``severity`` and ``detail`` do not count.
        source_line: text of the line that it is about, or ``""``; white space around and inside it does not count.
    """
    parts = (
        finding.tool,
        finding.code,
        finding.file,
        finding.test,
        normalised(finding.message),
        " ".join(source_line.split()),
    )
    digest = hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_LENGTH]


def fingerprinted(findings: Iterable[Finding], lines_of: SourceLines | None = None) -> tuple[Finding, ...]:
    """The findings in their order, each with its fingerprint.

    Args:
        findings: of one tree.
        lines_of: that tree's files; ``None`` where they are not at hand.
    """
    return tuple(replace(one, fingerprint=fingerprint(one, _line(one, lines_of))) for one in findings)


def _line(finding: Finding, lines_of: SourceLines | None) -> str:
    """The line that a finding is about; that of a test is left out, for it moves with the stack, not with the fault."""
    if lines_of is None or not finding.file or finding.line < 1 or finding.test:
        return ""
    lines = lines_of(finding.file)
    return lines[finding.line - 1] if finding.line <= len(lines) else ""
