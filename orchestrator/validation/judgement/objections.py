"""What the integrity of a change says of a candidate, as objections to it."""

from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.validation.fingerprint import fingerprinted
from orchestrator.validation.integrity import Flag, Weight

__all__ = ["held_back"]


def held_back(flags: Sequence[Flag]) -> tuple[Finding, ...]:
    """The flags that hold a candidate back, as findings with fingerprints; what is only worth a note is left out."""
    return fingerprinted(
        Finding(
            tool="integrity",
            code=flag.rule,
            message=flag.message,
            severity=Severity.ERROR,
            file=flag.file,
            line=flag.line,
            failure_class=FailureClass.REVIEW,
            detail=flag.excerpt,
        )
        for flag in flags
        if flag.weight is Weight.HOLD
    )
