"""The folders of a Python project from which its tests import, as the usual runners put them on the path."""

import configparser
import posixpath
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["import_paths"]

_SOURCES = "src"
_INI = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
"""File -> the section in which pytest's settings stand."""


def import_paths(own: Iterable[str], texts: Mapping[str, str], *, tests: Sequence[str]) -> tuple[str, ...]:
    """Folders, relative to the project's root, each once; the root itself, which always counts, is left out.

    What pytest is configured to add (``pythonpath``), ``src``, and for each test the first folder above it that is no
    package, where pytest and unittest begin to look.

    Args:
        own: the project's files.
        texts: those of them that are text; configuration that cannot be read says nothing.
        tests: the test files.
    """
    files = frozenset(own)
    found = [*_configured(texts), _SOURCES, *(_top(posixpath.dirname(test), files) for test in tests)]
    folders = {folder for file in files for folder in _above(file)}
    return tuple(name for name in dict.fromkeys(map(_plain, found)) if name in folders)


def _top(folder: str, files: frozenset[str]) -> str:
    while posixpath.join(folder, "__init__.py") in files:
        folder = posixpath.dirname(folder)
    return folder


def _above(file: str) -> Iterator[str]:
    while file := posixpath.dirname(file):
        yield file


def _plain(path: str) -> str:
    return posixpath.normpath(path) if path else ""


def _configured(texts: Mapping[str, str]) -> Iterator[str]:
    for name, section in _INI.items():
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(texts.get(name, ""))
        except configparser.Error:
            continue
        yield from parser.get(section, "pythonpath", fallback="").split()
    yield from _in_project(texts.get("pyproject.toml", ""))


def _in_project(text: str) -> Iterator[str]:
    try:
        paths = tomllib.loads(text)["tool"]["pytest"]["ini_options"]["pythonpath"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return
    if isinstance(paths, str | list):
        yield from paths.split() if isinstance(paths, str) else map(str, paths)
