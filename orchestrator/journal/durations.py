"""How long nodes took in earlier runs: what the executor's priorities are made of."""

from collections.abc import Mapping

from orchestrator.domain.ids import NodeId
from orchestrator.journal.state import StateDatabase

NEWEST_WEIGHT = 0.3
"""What the newest run weighs: after 7 runs, what was before them counts less than a tenth (0.7 ** 7 = 0.08)."""


class Durations:
    """Seconds by workflow and node: an exponentially weighted mean ``w * newest + (1 - w) * before``."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def expected(self, workflow: str) -> Mapping[NodeId, float]:
        """Node -> seconds that it is expected to take; empty for a workflow that never ran.

        Raises:
            JournalError: the file cannot be read.
        """
        return {NodeId(node): seconds for node, seconds in self._database.rows("select_durations", (workflow,))}

    def record(self, workflow: str, seconds: Mapping[NodeId, float]) -> None:
        """Take in what the nodes of one run took.

        Raises:
            JournalError: the file cannot be written; then nothing was taken in.
        """
        self._database.write(
            "upsert_duration",
            [
                {"workflow": workflow, "node": node, "seconds": taken, "weight": NEWEST_WEIGHT}
                for node, taken in seconds.items()
            ],
        )
