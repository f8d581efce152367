"""Where tests lie that are known by their ids alone."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.validation.packs import Pack, Project
from orchestrator.validation.packs.globs import matching

__all__ = ["holding_tests"]


def holding_tests(project: Project, pack: Pack, *, tests: Collection[str]) -> tuple[str, ...]:
    """What has to be run of ``project`` for ``tests``, in the unit of the pack, sorted; nothing for unknown ones.

    A file holds a test whose id begins with the file's path, without the ending and as a module is named, from any
    folder on; of several such files those count that the id names by the most folders.

    Args:
        project: as detected.
        pack: its pack.
        tests: ids, as the pack's commands report them.
    """
    read = frozenset(_read(pack, test) for test in tests)
    return tuple(sorted(set(_UNITS[pack.tests.unit](_Question(project, pack, read)))))


_Read: TypeAlias = tuple[str, str]
"""What an id says: the suite, or all of it where it names none; and the name."""


@dataclass(frozen=True, slots=True)
class _Question:
    project: Project
    pack: Pack
    read: Collection[_Read]


def _read(pack: Pack, test: str) -> _Read:
    said = re.fullmatch(pack.tests.id, test, re.DOTALL)
    known = said.groupdict() if said else {}
    return known.get("suite") or test, known.get("name") or test


def _names(question: _Question) -> Iterable[str]:
    return (name for _, name in question.read)


def _packages(question: _Question) -> Iterable[str]:
    return (f"./{posixpath.dirname(file)}" for file in _files(question))


def _files(question: _Question) -> Iterator[str]:
    project, pack = question.project, question.pack
    usual, others = _by_module(matching(project.own, pack.tests.files)), _by_module(_sources(project, pack))
    for suite, _ in question.read:
        yield from _held(suite, usual) or _held(suite, others)


def _sources(project: Project, pack: Pack) -> Sequence[str]:
    return [file for file in project.own if posixpath.splitext(file)[1] in pack.detect.extensions]


def _by_module(files: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """``tests/test_a.py`` may be called ``tests.test_a`` and ``test_a``."""
    found: dict[str, list[str]] = {}
    for file in files:
        parts = posixpath.splitext(file)[0].split("/")
        for start in range(len(parts)):
            found.setdefault(".".join(parts[start:]), []).append(file)
    return found


def _held(suite: str, modules: Mapping[str, Sequence[str]]) -> Sequence[str]:
    parts = suite.partition("[")[0].replace("::", ".").replace("/", ".").split(".")
    ends = range(len(parts), 0, -1)
    return next((modules[name] for end in ends if (name := ".".join(parts[:end])) in modules), ())


_UNITS: Mapping[str, Callable[[_Question], Iterable[str]]] = {"file": _files, "name": _names, "package": _packages}
