"""An explanation as lines for a person."""

from collections.abc import Iterator, Sequence

from orchestrator.app import Explanation
from orchestrator.app.explanation import Other
from orchestrator.app.storyline import Step
from orchestrator.domain.node import Join, Wanted
from orchestrator.frontends.cli.moments import moments
from orchestrator.frontends.cli.table import table
from orchestrator.report.plaintext import clean, count

_STEPS, _OTHERS = 40, 10
_LONGEST = 500


def explanation_text(explanation: Explanation, *, next_step: str) -> str:
    """The whole story; ``next_step``: commands that bring the node further, one a line, or ``""``."""
    parts = (
        _head(explanation),
        _needs(explanation),
        _section("What happened", _story(explanation.steps)),
        _section("It said last", "".join(f"| {line}\n" for line in explanation.evidence)),
        _section("Blocks", _others(explanation.behind)),
        _section("Next", "".join(f"{line}\n" for line in next_step.splitlines())),
    )
    return "\n".join(part for part in parts if part)


def _head(explanation: Explanation) -> str:
    record = explanation.record
    reason = f": {clean(explanation.reason, _LONGEST)}" if explanation.reason else ""
    place = f", {explanation.source}:{record.spec.line}" if explanation.source and record.spec.line else ""
    added = f", added by {record.parent}" if record.parent else ""
    origin = clean(f"run {explanation.run} of {explanation.workflow}{place}, kind {record.spec.kind}{added}")
    return f"{clean(record.spec.id)} {_standing(record.status)}{reason}\n  {origin}\n"


def _standing(status: str) -> str:
    return status if status in {"succeeded", "failed"} else f"is {status}"


def _needs(explanation: Explanation) -> str:
    rows = [(one.node, f"{one.status}{_wanted(one)}{_reason(one)}") for one in explanation.needs[:_OTHERS]]
    told = table(rows) + _more(len(explanation.needs) - _OTHERS, "need")
    if explanation.needs and explanation.join is not Join.ALL_SUCCEEDED:
        told += f"together: {explanation.join}\n"
    condition = f"if: {clean(explanation.condition, _LONGEST)}\n" if explanation.condition else ""
    return _section("Needs", told + condition)


def _wanted(other: Other) -> str:
    return "" if other.wanted is Wanted.JOIN else f" (wanted: {other.wanted})"


def _reason(other: Other) -> str:
    return f": {other.reason}" if other.reason else ""


def _story(steps: Sequence[Step]) -> str:
    """The steps; of a long story its beginning and its end."""
    times = moments([step.at for step in steps])
    lines = [f"{at}  {clean(step.text, _LONGEST)}\n" for at, step in zip(times, steps, strict=True)]
    left = len(lines) - _STEPS
    if left > 1:
        lines[_STEPS // 2 : -_STEPS // 2] = [f"... {count(left, 'step')} (all with --json)\n"]
    return "".join(lines)


def _others(others: Sequence[Other]) -> str:
    rows = [(one.node, f"{one.status}{_reason(one)}") for one in others[:_OTHERS]]
    return table(rows) + _more(len(others) - _OTHERS, "node")


def _more(left: int, noun: str) -> str:
    return f"and {count(left, noun)} more\n" if left > 0 else ""


def _section(title: str, text: str) -> str:
    return "".join(_indented(title, text)) if text else ""


def _indented(title: str, text: str) -> Iterator[str]:
    yield f"{title}\n"
    yield from (f"  {line}\n" for line in text.splitlines())
