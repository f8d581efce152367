"""What rooms have in common: a desk of ours, and a reader of what says how a tree is judged."""

from pathlib import Path

from orchestrator.domain.sandbox import Overlay
from orchestrator.validation.packs import Read
from orchestrator.validation.pipeline import beneath

DESK = "/tmp/rung-desk"  # noqa: S108  # inside a sandbox, whose /tmp is its own
"""Where commands find the folder for our own files and for build output."""
MOST_READ = 1 << 20
"""Bytes of a file that is looked into to find out how a project is checked."""


def make_desk(folder: Path) -> Path:
    """Make the layers of a desk in ``folder``; the one that commands write to."""
    for name in ("lower", "upper"):
        (folder / name).mkdir(parents=True)
    return folder / "upper"


def desk_overlay(folder: Path) -> Overlay:
    """What shows the desk in ``folder`` inside a sandbox."""
    return Overlay(lower=str(folder / "lower"), target=DESK, kept=str(folder))


def reader(folder: Path) -> Read:
    """Reads small files of ``folder``, each once: what happens to them later changes nothing."""
    kept: dict[str, str | None] = {}

    def read(name: str) -> str | None:
        if name not in kept:
            kept[name] = beneath.read(folder, name, limit=MOST_READ)
        return kept[name]

    return read
