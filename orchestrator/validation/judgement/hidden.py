"""What a base could not reach, because something earlier, in the same file or in the same module stood in the way."""

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestrator.domain.assessment import StageResult
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.validation.fingerprint import SourceLines

__all__ = ["Edit", "hides_finding", "hides_test"]

_COMPILED = frozenset({"build", "test"})
_UNCOMPILED = frozenset(
    {
        FailureClass.SYNTAX,
        FailureClass.NAME,
        FailureClass.TYPE,
        FailureClass.COMPILE,
        FailureClass.WERROR,
        FailureClass.DEPENDENCY_RESOLUTION,
    }
)
"""Errors after which a compiler goes no further: not to later checks, and not to what builds on the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the candidate has changed.

    Attributes:
        files: that differ from the base; ``None`` where it is not known.
        before: lines of the base's files.
        after: lines of the candidate's.
    """

    files: Collection[str] | None = None
    before: SourceLines = lambda _file: ()
    after: SourceLines = lambda _file: ()

    def wrote(self, finding: Finding) -> bool:
        """Whether the line that ``finding`` is about is one that the candidate wrote, as far as that is known."""
        if not finding.file or self.files is None or finding.file not in self.files:
            return False
        lines = self.after(finding.file)
        if not 0 < finding.line <= len(lines):
            return True
        text = lines[finding.line - 1].strip()
        return text not in {line.strip() for line in self.before(finding.file)}


def hides_finding(base: StageResult | None, finding: Finding, *, edit: Edit) -> bool:
    """Whether ``finding``, which is new, was there before and could not be seen in the stage ``base``.

    It could not where the stage did not run or its tool failed; where an error in the same file stopped the tool; and
    where a compiler stopped elsewhere. What the candidate has written itself was not there before.
    """
    if base is None or base.status is VerdictStatus.TOOL_ERROR:
        return True
    if base.status is not VerdictStatus.FAILED or edit.wrote(finding):
        return False
    stops = [one for one in base.errors if one.failure_class in _UNCOMPILED and not one.test]
    if any(one.file == finding.file and one.tool == finding.tool for one in stops):
        return True
    return bool(stops) and base.name in _COMPILED


def hides_test(base: StageResult | None, test: str, *, file: str) -> bool:
    """Whether the test could not run in the stage ``base``, because its module or the whole stage did not come up.

    Args:
        base: the stage in the base; ``None`` where it did not run.
        test: its id, which the base does not have.
        file: where it lies, as far as that is known.
    """
    if base is None or base.status is VerdictStatus.TOOL_ERROR:
        return True
    if base.status is not VerdictStatus.FAILED:
        return False
    if not base.tests:
        return True
    return any(_covers(one.id, test) for one in base.failed_tests) or _in_broken_file(base.errors, file)


def _in_broken_file(errors: Sequence[Finding], file: str) -> bool:
    broken = (one for one in errors if one.failure_class in _UNCOMPILED or not one.test)
    return bool(file) and any(one.file == file for one in broken)


def _covers(broken: str, test: str) -> bool:
    """Whether ``broken`` names the module that holds ``test``, as runners report one that cannot be loaded."""
    module = _dotted(broken)
    return bool(module) and f"{_dotted(test)}.".startswith(f"{module}.")


def _dotted(name: str) -> str:
    """``::tests.x``, ``tests/x.py`` and ``unittest.loader._FailedTest.tests.x`` as ``tests.x``."""
    name = name.replace("unittest.loader._FailedTest.", "").replace("::", ".").strip(".")
    stem, ending = posixpath.splitext(name)
    return (stem if ending == ".py" else name).replace("/", ".").strip(".")
