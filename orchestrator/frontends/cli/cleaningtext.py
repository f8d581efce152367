"""What is removed and what stays, as lines for a person."""

from orchestrator.app import Cleaning
from orchestrator.frontends.cli.moments import moment
from orchestrator.frontends.cli.table import table
from orchestrator.report.plaintext import clean, count

_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000.0


def planned_text(cleaning: Cleaning) -> str:
    """What would go, with sizes, and what stays although it is old."""
    rows = [
        (one.run, one.workflow, one.standing.value, moment(one.last_at), size(one.size)) for one in cleaning.leaving
    ]
    runs = table([("RUN", "WORKFLOW", "STATUS", "LAST EVENT", "SIZE"), *rows]) if rows else ""
    return runs + _beside(cleaning) + f"{_sum(cleaning)} may go\n" + _kept(cleaning)


def removed_text(planned: Cleaning, removed: Cleaning) -> str:
    """What is gone, and what stayed after all."""
    late = removed.staying[len(planned.staying) :]
    return f"{_sum(removed)} removed\n" + "".join(f"kept: {one.run}: {clean(one.why)}\n" for one in late)


def size(number: int) -> str:
    """Bytes with a decimal unit: ``0 B``, ``999 B``, ``1.2 kB``, ``34 MB``."""
    value, unit = float(number), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = 1 if unit and value < 10 else 0  # noqa: PLR2004 - one digit before the point
    return f"{value:.{digits}f} {_UNITS[unit]}"


def _beside(cleaning: Cleaning) -> str:
    number, taken = cleaning.cached
    cached = f"{count(number, 'cached result')}, {size(taken)}\n" if number else ""
    leftovers = f"leftovers of an earlier removal, {size(cleaning.leftovers)}\n" if cleaning.leftovers else ""
    return cached + leftovers


def _sum(cleaning: Cleaning) -> str:
    return f"{count(len(cleaning.leaving), 'run')}, {size(cleaning.size)}"


def _kept(cleaning: Cleaning) -> str:
    return "".join(f"kept: {one.run}: {clean(one.why)}\n" for one in cleaning.staying)
