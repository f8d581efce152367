"""The cache of command results, for commands in places: what an overlay shows is seen by nobody outside of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.tree import CommitId
from orchestrator.ports import ResultCache
from orchestrator.workspace.edits.globs import matches
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing
from orchestrator.workspace.warm import Places


@dataclass(frozen=True, slots=True)
class PlacedResults:
    """Implements :class:`orchestrator.ports.ResultCache` over another one.

    The digest of an overlay is that of the commit that it shows: what a command changes there is thrown away.
    """

    results: ResultCache
    repository: RunRepository
    places: Places

    async def digest(self, folder: str, globs: Sequence[str]) -> str:
        """See the port."""
        place = self.places.find(folder)
        if place is None or not place.is_overlay:
            return await self.results.digest(folder, globs)
        assert place.git is not None, "an overlay shows a commit"
        return await self._of_commit(CommitId(place.git.head), globs)

    async def get(self, key: str) -> JsonObject | None:
        """See the port."""
        return await self.results.get(key)

    async def put(self, key: str, result: JsonObject) -> None:
        """See the port."""
        await self.results.put(key, result)

    async def _of_commit(self, commit: CommitId, globs: Sequence[str]) -> str:
        whole = hashlib.sha256()
        entries = await listing(self.repository.store, await self.repository.tree_of(commit))
        for path, entry in sorted(entries.items()):
            if any(matches(path, glob) for glob in globs):
                line = f"{entry.mode} {entry.object_id} {path}\0"
                whole.update(line.encode("utf-8", "surrogateescape"))
        return whole.hexdigest()
