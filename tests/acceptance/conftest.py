"""The real command, as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from orchestrator.frontends.cli.entry import run

RUST = {
    name: os.environ.get(name, str(Path.home() / folder))
    for name, folder in (("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo"))
}
"""Of this machine's user: a test's own home has no toolchain."""


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
            timeout=120,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rung:
    """As ``rung``, by the same entry but in this process: where the process itself is not what matters."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, cwd: Path = tmp_path) -> Told:
        os.chdir(cwd)
        code = run(list(arguments))
        captured = capsys.readouterr()
        return Told(code, captured.out, captured.err)

    return call


def command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "orchestrator", *arguments]


@pytest.fixture
def workflow(tmp_path: Path) -> Callable[[str], str]:
    """Writes a workflow into the test's own directory; its name there."""

    def write(text: str) -> str:
        (tmp_path / "rung.yaml").write_text(text)
        return "rung.yaml"

    return write


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that keeps the runs; it does not exist yet."""
    monkeypatch.setenv("RUNG_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"
