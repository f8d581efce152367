"""Results of commands by what they depend on: a command whose inputs did not change is not run again.

Only a command that says what it reads can be known to be unchanged, so ``cache: auto`` means something only
where ``reads`` is given. The key covers Rung's version, the command as it would be run with its variables, and
the files that ``reads`` names; a stored result counts only while the files that ``writes`` names are as the
command left them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator._version import __version__
from orchestrator.domain.command import Command
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Succeeded
from orchestrator.ports import ResultCache
from orchestrator.task import Task

UNCHANGED = "unchanged: the result is an earlier run's"


@dataclass(frozen=True, slots=True)
class Entry:
    """The place of one command's result in the cache."""

    cache: ResultCache
    folder: str
    spec: NodeSpec
    key: str

    async def find(self) -> Succeeded | None:
        """The stored result, where there is one that still holds."""
        if self.spec.cache == "always-run":
            return None
        found = await self.cache.get(self.key)
        if found is None or found["written"] != await self.cache.digest(self.folder, self.spec.writes):
            return None
        outputs = found["outputs"]
        assert isinstance(outputs, Mapping), "as put below"
        return Succeeded(outputs, UNCHANGED)

    async def put(self, outputs: JsonObject) -> None:
        """Store what the command has just put out."""
        written = await self.cache.digest(self.folder, self.spec.writes)
        await self.cache.put(self.key, {"outputs": outputs, "written": written})


async def entry_of(task: Task, command: Command, *, folder: str) -> Entry | None:
    """Where the result of ``command`` belongs; ``None`` where it is not to be kept."""
    cache, spec = task.services.cache, task.spec
    if cache is None or not spec.reads or spec.cache == "never":
        return None
    read = await cache.digest(folder, spec.reads)
    own = {name: value for name, value in command.env.items() if task.services.env.get(name) != value}
    parts = [__version__, spec.body, spec.outputs, _without_place(own), spec.reads, spec.writes, read]
    text = json.dumps(parts, sort_keys=True)
    return Entry(cache, folder, spec, hashlib.sha256(text.encode()).hexdigest())


def _without_place(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that say something of the work, and nothing of this attempt at it."""
    return {name: value for name, value in env.items() if name not in {"RUNG_OUTPUT", "RUNG_NODE", "RUNG_ATTEMPT"}}
