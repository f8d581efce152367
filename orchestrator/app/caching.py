"""The cache of command results that the runs of a project share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.state import open_state
from orchestrator.ports import Clock
from orchestrator.workspace.fingerprint import digest


@dataclass(frozen=True, slots=True)
class StoredResults:
    """Implements :class:`orchestrator.ports.ResultCache` in the state folder."""

    state: Path
    clock: Clock

    async def digest(self, folder: str, globs: Sequence[str]) -> str:
        """See the port."""
        return await anyio.to_thread.run_sync(digest, Path(folder), globs)

    async def get(self, key: str) -> JsonObject | None:
        """See the port."""
        return await anyio.to_thread.run_sync(self._get, key)

    async def put(self, key: str, result: JsonObject) -> None:
        """See the port."""
        await anyio.to_thread.run_sync(partial(self._put, key, result))

    def _get(self, key: str) -> JsonObject | None:
        with open_state(self.state) as database:
            return NodeCache(database).get(key)

    def _put(self, key: str, result: JsonObject) -> None:
        with open_state(self.state) as database:
            NodeCache(database).put(key, result, at=self.clock.wall())
