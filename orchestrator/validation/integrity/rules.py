"""Every rule: what it finds, how much that weighs, and where it looks. A new rule is a row here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.validation.integrity import (
    asserts,
    branches,
    configuration,
    dependencies,
    hosting,
    suppressions,
    swallowing,
    tampering,
    tests,
)
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["RULES", "Rule", "Scope", "Weight"]


class Weight(StrEnum):
    """What a flag does to a candidate."""

    HOLD = "hold"
    """A person decides."""
    NOTE = "note"
    """It is reported."""


class Scope(StrEnum):
    """Which files a rule looks at."""

    TESTS = "tests"
    PRODUCT = "product"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        id: its name in reports.
        what: what was found, as a sentence without a full stop.
        find: the places in one file.
        weight: see :class:`Weight`.
        scope: see :class:`Scope`.
        yields: whether a node that may change the file is thereby allowed to do this: the flag becomes a note.
    """

    id: str
    what: str
    find: Callable[[Looked], Iterator[Hit]]
    weight: Weight = Weight.HOLD
    scope: Scope = Scope.ALL
    yields: bool = False


_TESTS, _PRODUCT = Scope.TESTS, Scope.PRODUCT

RULES: Sequence[Rule] = (
    Rule(id="assert-removed", what="fewer assertions than before", find=asserts.fewer, scope=_TESTS),
    Rule(id="assert-loosened", what="an assertion says less than before", find=asserts.loosened, scope=_TESTS),
    Rule(id="assert-trivial", what="an assertion that always holds", find=asserts.trivial, scope=_TESTS),
    Rule(
        id="expected-changed",
        what="a test expects another value",
        find=asserts.expected_changed,
        scope=_TESTS,
        yields=True,
    ),
    Rule(id="assert-swallowed", what="a failing assertion would be caught", find=asserts.swallowed, scope=_TESTS),
    Rule(id="raises-widened", what="nearly any error satisfies the test", find=asserts.raises_widened, scope=_TESTS),
    Rule(id="test-skipped", what="a test is skipped, or others are", find=tests.skipped, scope=_TESTS),
    Rule(id="test-skipped", what="the file is left out of the build", find=tests.skipped_by_comment),
    Rule(id="test-removed", what="a test is gone, or has another name", find=tests.removed, scope=_TESTS, yields=True),
    Rule(id="test-emptied", what="a test ends before it checks anything", find=tests.emptied, scope=_TESTS),
    Rule(id="suppression", what="a comment silences a tool", find=suppressions.silenced_in_comments),
    Rule(id="suppression", what="the code silences a tool", find=suppressions.silenced_in_code),
    Rule(id="type-escaped", what="a type says nothing any more", find=suppressions.type_escaped, weight=Weight.NOTE),
    Rule(id="config-loosened", what="a check sees less, or counts less", find=configuration.config_loosened),
    Rule(id="config-changed", what="a check is configured anew", find=configuration.config_changed, weight=Weight.NOTE),
    Rule(id="check-dropped", what="a check is not called any more", find=configuration.check_dropped),
    Rule(id="test-branch", what="the product asks whether it is tested", find=branches.test_branch, scope=_PRODUCT),
    Rule(id="test-read", what="the product reads its tests", find=branches.tests_read, scope=_PRODUCT),
    Rule(
        id="answers-hard-coded",
        what="what the tests expect is written into the product",
        find=branches.answers_hard_coded,
        scope=_PRODUCT,
    ),
    Rule(id="runner-patched", what="the runner or the language is patched", find=tampering.runner_patched),
    Rule(id="equal-to-all", what="an object that equals everything", find=tampering.equal_to_all),
    Rule(id="exit-forced", what="the process is ended as if all were well", find=tampering.exit_forced),
    Rule(id="module-shadowed", what="a file in place of a module that others mean", find=tampering.module_shadowed),
    Rule(
        id="error-swallowed", what="an error is caught and forgotten", find=swallowing.error_swallowed, scope=_PRODUCT
    ),
    Rule(
        id="error-ignored",
        what="an error may be ignored",
        find=swallowing.error_ignored,
        scope=_PRODUCT,
        weight=Weight.NOTE,
    ),
    Rule(id="dependency-added", what="a new dependency", find=dependencies.dependency_added, yields=True),
    Rule(id="install-script", what="something runs at install", find=dependencies.install_script, yields=True),
    Rule(id="lock-changed", what="a lock file is another one", find=dependencies.lock_changed, weight=Weight.NOTE),
    Rule(id="runs-on-host", what="a file that acts outside of the sandbox", find=hosting.host_file, yields=True),
    Rule(id="runs-on-host", what="a script that people call", find=hosting.host_script, yields=True),
    Rule(id="runs-on-build", what="a file that runs when somebody builds", find=hosting.build_file, weight=Weight.NOTE),
    Rule(id="hidden-text", what="characters that nobody sees", find=hosting.hidden_text),
)
"""In the order in which flags of one file are told."""
