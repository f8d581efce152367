"""Makes the configuration file that a runner is given from what the project's base says.

The runner then never sees what a repair has done to the project's own files.
"""

import posixpath
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.validation.packs.lookup import Read, as_text, find_key
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.schema import OwnConfig

__all__ = ["config_text"]


def config_text(project: Project, config: OwnConfig, *, read: Read, cwd: str) -> str:
    """The text of the INI file; its section is there, empty where the project says nothing.

    Args:
        project: the project.
        config: where the project says it, and what becomes of it.
        read: reads the base's files.
        cwd: absolute path of the project as the runner sees it.
    """
    values = dict(_said(project, config, read=read))
    rows = {key: value for key, value in values.items() if key not in config.drop}
    for key, own in config.paths.items():
        rows[key] = [_absolute(path, cwd) for path in (*own, *_words(rows.get(key, "")))]
    return "".join([f"[{config.section}]\n", *(f"{key} = {_ini(value)}\n" for key, value in rows.items())])


def _said(project: Project, config: OwnConfig, *, read: Read) -> Mapping[str, Any]:
    for source in config.sources:
        text = read(project.path(source.file))
        value = None if text is None else find_key(text, source.file, at=source.at)
        if isinstance(value, Mapping):
            return value
    return {}


def _words(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    try:
        return shlex.split(str(value))
    except ValueError:
        return str(value).split()


def _absolute(path: str, cwd: str) -> str:
    return shlex.quote(posixpath.normpath(posixpath.join(cwd, path)))


def _ini(value: Any) -> str:
    """A value on lines of its own where it has several: an INI file goes on with what is indented."""
    text = "\n".join(map(str, value)) if isinstance(value, list) else as_text(value)
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join(f"\n    {line.strip()}" for line in lines) if len(lines) > 1 else "".join(lines)
