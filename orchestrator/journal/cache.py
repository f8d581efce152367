"""Results of nodes by what they depend on: work whose inputs did not change is not done again."""

import json
import re
import zlib

from orchestrator._version import __version__
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.errors import JournalDamagedError
from orchestrator.journal.shapes import plain
from orchestrator.journal.state import StateDatabase

_KEY = re.compile(r"[0-9a-f]{64}\Z")


class NodeCache:
    """Keys are SHA-256 digests in hexadecimal, over everything that a result depends on: the caller's to compute."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def get(self, key: str) -> JsonObject | None:
        """The outputs stored under ``key``; ``None`` where there are none.

        Raises:
            JournalDamagedError: they are not what was stored.
            JournalError: the file cannot be read.
        """
        for outputs, written in self._database.rows("select_cached", (_checked(key),)):
            if _checksum(key, outputs) != written:
                raise JournalDamagedError(
                    f"the cached result {key} is damaged", path=str(self._database.path), hint="remove the file"
                )
            found: JsonObject = json.loads(outputs)
            return found
        return None

    def put(self, key: str, outputs: JsonObject, *, at: float, tool: str = __version__) -> None:
        """Store ``outputs`` under ``key``, in place of what may be there.

        ``at``: seconds since the epoch. ``tool``: who made them; see :meth:`keep_newest`.

        Raises:
            JournalError: the file cannot be written.
        """
        text = json.dumps(outputs, separators=(",", ":"), default=plain)
        self._database.write("upsert_cached", [(_checked(key), at, tool, _checksum(key, text), text)])

    def size_before(self, at: float) -> tuple[int, int]:
        """How many results were stored earlier than ``at``, in seconds since the epoch, and their size in bytes.

        Raises:
            JournalError: the file cannot be read.
        """
        [(number, size)] = self._database.rows("measure_cached_before", (at,))
        return int(number), int(size)

    def remove_before(self, at: float) -> int:
        """Remove what was stored earlier than ``at``, in seconds since the epoch; how many that were.

        Raises:
            JournalError: the file cannot be written.
        """
        return self._database.write("delete_cached_before", [(at,)])

    def keep_newest(self, tool: str, *, size: int) -> int:
        """Remove the oldest results of ``tool`` beyond ``size`` bytes altogether; how many that were.

        Raises:
            JournalError: the file cannot be written.
        """
        return self._database.write("delete_cached_beyond", [{"tool": tool, "size": size}])


def _checked(key: str) -> str:
    if not _KEY.match(key):
        raise ValueError(f"{key!r} is no SHA-256 digest in hexadecimal")
    return key


def _checksum(key: str, outputs: str) -> int:
    return zlib.crc32(f"{key}{outputs}".encode())
