"""Configuration files: which ones count, and what they hold."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.config.origin import KeyPath, Layer, Origin, Source
from orchestrator.config.toml_lines import index_lines
from orchestrator.errors import ConfigError, Problem
from orchestrator.resources import config_home, project_root

MAX_BYTES = 1_000_000
"""A larger file is no configuration."""

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")
_IN_PYPROJECT = ("tool", "rung")


def user_source(environ: Mapping[str, str]) -> Source:
    """The user's ``config.toml``; empty where there is none.

    Raises:
        ConfigError: it is there and cannot be read.
    """
    home = config_home(environ)
    path = home / "config.toml" if home else None
    return read_source(path, str(path), layer=Layer.USER) if path and _present(path) else Source(Layer.USER)


def repository_source(cwd: Path) -> tuple[Source, tuple[Problem, ...]]:
    """The project's ``rung.toml`` or ``[tool.rung]``, of the nearest directory from ``cwd`` up to the project's root.

    A ``pyproject.toml`` that cannot be read is only noted: it may be the very thing to repair.

    Raises:
        ConfigError: ``rung.toml`` cannot be read, or a directory has both.
    """
    notices: list[Problem] = []
    root = project_root(cwd)
    for directory in (cwd, *cwd.parents):
        own = _source_in(directory / "rung.toml", cwd)
        shared = _pyproject_source(directory / "pyproject.toml", cwd, notices=notices)
        if own and shared:
            raise ConfigError([_both(own, shared)])
        if found := own or shared:
            return found, tuple(notices)
        if directory == root:
            break
    return Source(Layer.REPOSITORY), tuple(notices)


def read_source(path: Path, name: str, *, layer: Layer, table: KeyPath = ()) -> Source:
    """The TOML file at ``path``, called ``name`` in messages; of it only ``table``, as if it were the document.

    Raises:
        ConfigError: it is no regular file, too large, not UTF-8, or not TOML.
    """
    text = _read_text(path, name)
    try:
        data: Any = tomllib.loads(text)
        lines = index_lines(text)
    except RecursionError:
        raise ConfigError([Problem(file=name, what="it is nested too deeply")]) from None
    except ValueError as error:
        raise ConfigError([_syntax(name, text, message=str(error))]) from None
    for part in table:
        data = data.get(part, {}) if isinstance(data, dict) else {}
    depth = len(table)
    origins = {key[depth:]: Origin(layer, name, line) for key, line in lines.items() if key[:depth] == table}
    if not isinstance(data, dict):
        where = Origin(layer, name, lines.get(table, 0))
        raise ConfigError([Problem(file=name, line=where.line, path=".".join(map(str, table)), what="must be a table")])
    whole = _canonical(data) if table else text
    return Source(layer, data, origins, path, hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest())


def _canonical(data: Mapping[str, Any]) -> str:
    """The same text for the same settings: what else stands in the file they share with others changes all the time."""
    return json.dumps(data, sort_keys=True, default=repr)


def _source_in(path: Path, cwd: Path) -> Source | None:
    return read_source(path, _name(path, cwd), layer=Layer.REPOSITORY) if _present(path) else None


def _pyproject_source(path: Path, cwd: Path, *, notices: list[Problem]) -> Source | None:
    if not _present(path):
        return None
    try:
        source = read_source(path, _name(path, cwd), layer=Layer.REPOSITORY, table=_IN_PYPROJECT)
    except ConfigError as error:
        notices += [
            Problem(file=p.file, line=p.line, what=f"[tool.rung] was not read: {p.what}") for p in error.problems
        ]
        return None
    return source if source.origins else None


def _both(own: Source, shared: Source) -> Problem:
    place, other = own.origin(()), shared.origin(())
    return Problem(
        file=other.file,
        line=other.line,
        path="tool.rung",
        what=f"settings stand here and in {place.file or 'rung.toml'}",
        hint="keep one of the two",
    )


def _read_text(path: Path, name: str) -> str:
    content = _read_bytes(path, name)
    if len(content) > MAX_BYTES:
        raise ConfigError([Problem(file=name, what=f"it is larger than {MAX_BYTES:,} bytes")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(file=name, line=line, what="it is not UTF-8 text")]) from None


def _read_bytes(path: Path, name: str) -> bytes:
    """At most one byte more than a configuration may have."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError([Problem(file=name, what="it is not a regular file")])
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError([Problem(file=name, what=f"it cannot be read: {error.strerror}")]) from None


def _syntax(name: str, text: str, *, message: str) -> Problem:
    found = _TOML_PLACE.search(message)
    last = text.count("\n") + 1
    line = int(found.group(1) or last) if found else 0
    return Problem(file=name, line=line, what=f"it is not TOML: {_TOML_PLACE.sub('', message)}")


def _present(path: Path) -> bool:
    """A link that leads nowhere counts as present: it must be told, not passed over."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True


def _name(path: Path, cwd: Path) -> str:
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
