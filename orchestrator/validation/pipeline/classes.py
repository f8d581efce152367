"""What a finding amounts to for who has to act: its class, folded where a stage knows better, and its category."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.finding import Category, FailureClass, Finding
from orchestrator.validation.grouping import group
from orchestrator.validation.triage.evidence import CATEGORIES
from orchestrator.validation.triage.judge import triage

__all__ = ["category_of", "class_of", "class_of_text", "root_cause"]

_COMPILERS = frozenset(
    {"c++", "cc", "clang", "clang++", "cmake", "compiler", "cxx", "g++", "gcc", "ld", "make"}
    | {"cargo", "clippy", "rustc"}
    | {"compile", "go", "vet"}
    | {"gradle", "javac", "kotlinc", "maven"}
)
"""Tools of languages that are compiled."""
_CHECKERS = frozenset({"mypy", "pyright", "tsc"})
"""Tools that check types, of languages that run without."""
_IN_COMPILERS = dict.fromkeys((FailureClass.SYNTAX, FailureClass.TYPE, FailureClass.NAME), FailureClass.COMPILE)
_IN_CHECKERS = {FailureClass.NAME: FailureClass.TYPE}
_FOLDED: Mapping[str, Mapping[FailureClass, FailureClass]] = {
    tool: folded for tools, folded in ((_COMPILERS, _IN_COMPILERS), (_CHECKERS, _IN_CHECKERS)) for tool in tools
}
"""Tool -> class of its finding -> class of the failure: a finding may tell more than the table of classes does."""


def class_of(finding: Finding) -> FailureClass:
    """The class that ``finding`` stands for, where it is the reason of a failure.

    What a compiler says is ``compile`` whatever it is about, and what a type checker says, but for syntax, ``type``.
    """
    return _FOLDED.get(finding.tool, {}).get(finding.failure_class, finding.failure_class)


def category_of(kind: FailureClass) -> Category:
    """Who has to act on a failure of the class ``kind``."""
    return CATEGORIES.get(kind, Category.CODE)


def class_of_text(text: str) -> FailureClass:
    """The class that the output of a command shows by itself; ``unknown`` where it shows none."""
    return triage(text.splitlines()).failure_class


def root_cause(findings: Sequence[Finding]) -> Finding | None:
    """The finding that the others are most likely to follow from.

    The first of the first group that has a class; before all, one that says that the source does not parse: what a
    tool makes of the rest is guesswork then.
    """
    firsts = [one.findings[0] for one in group(findings)]
    unparsed = (one for one in firsts if one.failure_class is FailureClass.SYNTAX)
    known = (one for one in firsts if one.failure_class is not FailureClass.UNKNOWN)
    return next(unparsed, None) or next(known, firsts[0] if firsts else None)
