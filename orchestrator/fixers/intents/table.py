"""The table of jobs: name -> what does it."""

from collections.abc import Awaitable, Callable, Mapping

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.fixers.intents.formatting import format_files, sort_imports
from orchestrator.fixers.intents.licence import add_headers
from orchestrator.fixers.intents.lockfile import write_locks
from orchestrator.fixers.intents.rename import rename
from orchestrator.fixers.intents.snapshots import write_snapshots
from orchestrator.fixers.intents.workshop import Done, Workshop

Job = Callable[[Workshop, JsonObject], Awaitable[Done]]
"""Does a job with the arguments of its intent; an :class:`orchestrator.errors.EditError` says why it cannot."""

INTENTS: Mapping[str, Job] = {
    "format": format_files,
    "sort-imports": sort_imports,
    "rename": rename,
    "licence": add_headers,
    "lock": write_locks,
    "snapshots": write_snapshots,
}
"""The same names as :data:`orchestrator.domain.intent.RULES`."""
