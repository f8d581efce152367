"""What the checks said of an attempt's candidate, and what one that does not land ends in."""

from collections.abc import Sequence

from orchestrator.domain.events import CandidateJudged
from orchestrator.domain.finding import Finding
from orchestrator.domain.landing import Conflicting, Unfit
from orchestrator.domain.outcome import Failed
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.task import Task

_DETAIL_FINDINGS = 10
_DETAIL_CHARACTERS = 20_000
"""Of a patch: it is journaled, and told to a model. All of it is in the candidate, which is kept."""
_NAMED_PATHS = 3


def candidate_judged(task: Task, verdict: Verdict, *, at: float) -> CandidateJudged:
    """The event for what the checks said of the candidate; ``at``: seconds since the epoch."""
    return CandidateJudged(
        at, task.spec.id, task.attempt, verdict.status, verdict.evidence, tuple(verdict.findings), verdict.seconds
    )


def rejected(status: VerdictStatus, findings: Sequence[Finding]) -> Failed:
    """The checks do not say ``passed``; where a tool is broken, nobody's edit is to blame."""
    if status == VerdictStatus.TOOL_ERROR:
        return Failed(_first(findings), FailureKind.ERROR)
    detail = "\n".join(told(finding) for finding in findings[:_DETAIL_FINDINGS])
    return Failed(_first(findings) or f"the checks say {status}", FailureKind.VALIDATION, detail=detail)


def after_landing(landing: Conflicting | Unfit) -> Failed:
    """A candidate that passed alone, and stays off the branch because of what landed meanwhile."""
    if isinstance(landing, Conflicting):
        return Failed(_conflict(landing.paths), FailureKind.CONFLICT, detail=_cut(landing.patch))
    failed = rejected(landing.verdict.status, landing.verdict.findings)
    reason = f"passed alone, but not together with what landed meanwhile: {failed.reason}"
    return Failed(reason, failed.kind, detail=failed.detail)


def told(finding: Finding) -> str:
    """A finding as a model reads it: its place, what it says, and what was printed."""
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    head = f"{place}: {finding.message}" if place else finding.message
    return f"{head}\n{finding.detail}" if finding.detail else head


def _first(findings: Sequence[Finding]) -> str:
    return findings[0].message if findings else ""


def _conflict(paths: Sequence[str]) -> str:
    named = ", ".join(_plain(path) for path in paths[:_NAMED_PATHS])
    more = f" and {len(paths) - _NAMED_PATHS} more" if len(paths) > _NAMED_PATHS else ""
    return f"other work on the same lines has landed meanwhile, in {named}{more}"


def _cut(patch: str) -> str:
    text = _plain(patch)
    return text if len(text) <= _DETAIL_CHARACTERS else f"{text[:_DETAIL_CHARACTERS]}\n(the rest is left out)\n"


def _plain(text: str) -> str:
    """``text`` without the escapes of bytes that are no UTF-8: a journal and a model take none."""
    return text.encode("utf-8", "replace").decode()
