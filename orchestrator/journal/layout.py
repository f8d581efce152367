"""Where things are below a state folder."""

from pathlib import Path

from orchestrator.domain.ids import RunId

RUNS = "runs"
JOURNAL = "journal.db"
LOCK = "lock"
CACHE = "cache.db"


def store_of(state: Path, run: RunId) -> Path:
    """The folder of one run's store. ``run`` must be fit for a file name."""
    return state / RUNS / run
