"""The real command, as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest


@dataclass(frozen=True)
class Told:
    """What a process told: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Rung: TypeAlias = Callable[..., Told]


@pytest.fixture
def rung(tmp_path: Path) -> Rung:
    """``rung(*arguments, cwd=..., env={...})``; the working directory is the test's own."""

    def call(*arguments: str, cwd: Path = tmp_path, env: Mapping[str, str] | None = None) -> Told:
        done = subprocess.run(
            command(*arguments),
            check=False,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    return call


def command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "orchestrator", *arguments]
