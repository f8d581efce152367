"""Points in time for a person, where the reader is."""

from collections.abc import Sequence
from datetime import UTC, datetime


def moment(at: float) -> str:
    """Seconds since the epoch as local date and time: ``2025-01-02 03:04:05``; ``-`` for 0, which means never."""
    return _local(at).strftime("%Y-%m-%d %H:%M:%S") if at else "-"


def moments(times: Sequence[float]) -> list[str]:
    """Times of day, with their dates where they are not all of one day."""
    local = [_local(at) for at in times]
    form = "%H:%M:%S" if len({one.date() for one in local}) <= 1 else "%Y-%m-%d %H:%M:%S"
    return [one.strftime(form) for one in local]


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone()
