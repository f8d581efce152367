"""The packs that hold for a project: the built-in ones, the user's, and the project's own where they are trusted."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.config.trust import FOLDER, brought_by, is_trusted
from orchestrator.errors import ConfigError
from orchestrator.resources import places
from orchestrator.validation.packs import Packs, load_packs


def own_packs(folder: Path, environ: Mapping[str, str]) -> Packs:
    """The packs for commands in ``folder``, which is absolute.

    Raises:
        ConfigError: one that counts cannot be used.
    """
    return load_packs(places(folder, environ), trusted=_are_trusted(folder, environ))


def _are_trusted(folder: Path, environ: Mapping[str, str]) -> bool:
    try:
        return any(one.path.name == FOLDER and is_trusted(one, environ) for one in brought_by(folder))
    except ConfigError:
        return False  # what cannot be read cannot be trusted; what of it counts says so by itself
