"""A model that answers from a file: for trying a workflow without a model, and for tests of whole runs.

The file is JSON: ``{"replies": [{"text": ..., "usage": {"input": 1, "output": 2, "usd_micros": 3}}, ...]}``. The
first call gets the first reply, and so on; the last one is repeated. Beside it ``FILE.calls`` gets a line for
each call, as a provider's own bill would: what was asked for is counted whatever becomes of the engine.
"""

import json
import os
from pathlib import Path
from typing import Any

import anyio.to_thread

from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.usage import Usage
from orchestrator.errors import ModelError


class Scripted:
    """Implements :class:`orchestrator.ports.ModelClient` for one model."""

    def __init__(self, name: str, script: Path) -> None:
        self._name = name
        self._script = script

    async def complete(self, prompt: Prompt) -> Reply:
        """The next reply of the file.

        Raises:
            ModelError: the file is missing, or holds something else.
        """
        return await anyio.to_thread.run_sync(self._answer, prompt)

    def _answer(self, prompt: Prompt) -> Reply:
        try:
            replies = json.loads(self._script.read_text(encoding="utf-8"))["replies"]
            number = self._count(prompt)
            return self._reply(replies[min(number, len(replies) - 1)])
        except OSError as error:
            raise ModelError(self._name, f"{self._script}: {error.strerror}", may_recover=False) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            what = f"{self._script} holds no replies: {error}"
            raise ModelError(self._name, what, may_recover=False) from error

    def _count(self, prompt: Prompt) -> int:
        """Write the call down; how many there were before."""
        line = json.dumps({"model": self._name, "characters": len(prompt.user)}) + "\n"
        bill = self._script.with_name(self._script.name + ".calls")
        handle = os.open(bill, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
            own_end = os.lseek(handle, 0, os.SEEK_CUR)  # where appending left off, whoever appends meanwhile
            return os.pread(handle, own_end, 0).count(b"\n") - 1
        finally:
            os.close(handle)

    def _reply(self, told: Any) -> Reply:
        usage = {name: int(count) for name, count in told.get("usage", {}).items()}
        return Reply(text=str(told["text"]), model=self._name, usage=Usage(**usage))
