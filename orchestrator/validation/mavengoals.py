"""Which goal of which Maven plugin failed, and what that means: the one line in which Maven says why a build ended."""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass

__all__ = ["GOAL", "class_of_error", "class_of_goal"]

GOAL = re.compile(
    r"(?:\[ERROR\] )?Failed to execute goal (?:(?P<plugin>[\w.-]+:[\w.-]+):"
    r"(?P<version>[^\s:]+):(?P<goal>[\w-]+) (?:\([^)]*\) )?)?"
    r"on project (?P<project>[^\s:]+): ?(?P<why>.*)$"
)
"""Without a plugin it was Maven itself, which resolves a project's dependencies before any goal."""

_GOALS: Sequence[tuple[re.Pattern[str], FailureClass]] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"dependency-lock|:lockfile|maven-lockfile", FailureClass.DEPENDENCY_LOCK),
        (
            r"enforcer|:enforce$|maven-hpi-plugin|:bytecode-version|dependency-plugin.*:analyze|:validate-\w+$",
            FailureClass.ENFORCER,
        ),
        (
            r"surefire|failsafe|junit|testng|:test$|:integration-test$|:verify$|karate|cucumber|scalatest",
            FailureClass.ASSERT,
        ),
        (r"compile|takari-lifecycle|groovy|kotlin-maven|scala-maven|aspectj|gwt", FailureClass.COMPILE),
        (r"formatter|spotless|fmt-maven|impsort|:format$|sortpom", FailureClass.FORMAT),
        (r"checkstyle|pmd|spotbugs|findbugs|license|rat-plugin|japicmp|revapi|clirr|animal-sniffer", FailureClass.LINT),
    )
)
_RESOLUTION = re.compile(
    r"could not be resolved|Could not resolve|Could not find artifact|Failed to collect dependencies"
    r"|Failed to read artifact"
    r"|Could not transfer|was not found in|No versions available|Cannot access \S+ \(|No plugin found for prefix"
)
_WERROR = re.compile(r"warnings found and -Werror|-Werror specified")


def class_of_goal(plugin: str | None, goal: str | None, *, why: str) -> FailureClass:
    """The class of a failed goal; ``unknown`` for a plugin that the table does not know."""
    if _WERROR.search(why):
        return FailureClass.WERROR
    if plugin is None or _RESOLUTION.search(why):
        return FailureClass.DEPENDENCY_RESOLUTION
    name = f"{plugin}:{goal}"
    return next((kind for pattern, kind in _GOALS if pattern.search(name)), FailureClass.UNKNOWN)


def class_of_error(text: str) -> FailureClass:
    """The class of an error of Maven's own, which names no goal."""
    return FailureClass.DEPENDENCY_RESOLUTION if _RESOLUTION.search(text) else FailureClass.UNKNOWN
