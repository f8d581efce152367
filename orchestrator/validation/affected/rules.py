"""The rules by which the tests that a changed file concerns are found."""

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from orchestrator.validation.affected.imports import importers, reads_imports
from orchestrator.validation.packs import AffectedRule, Pack, Project, Read
from orchestrator.validation.packs.globs import matching

__all__ = ["affected_tests"]


@dataclass(frozen=True)
class _Question:
    """A project's files, as the rules look at them; all paths are below its root."""

    project: Project
    tests: tuple[str, ...]
    read: Read

    @cached_property
    def importers(self) -> Mapping[str, frozenset[str]]:
        return importers(self.project.own, lambda name: self.read(self.project.path(name)))


_Rule: TypeAlias = Callable[[str, _Question], Collection[str] | None]
"""A changed file -> the test files that it concerns; nothing where the rule cannot tell."""


def affected_tests(project: Project, pack: Pack, *, changed: Collection[str], read: Read) -> tuple[str, ...] | None:
    """The tests that ``changed`` concerns, in the unit of the pack, sorted; ``None`` for all of them.

    Of the pack's rules the first that finds a test decides about a file. Manifests, and files that no rule
    knows, concern every test. Where the project has no changed file, and where the unit is a test's name, nothing is
    left out. A ``conftest.py`` or ``__init__.py`` that imports the file hands it on to every test below its folder.

    Args:
        project: as detected.
        pack: its pack.
        changed: paths below the repository's root.
        read: reads files by their path below the repository's root.
    """
    own = _below(project, changed)
    question = _Question(project, matching(project.own, pack.tests.files), read)
    if not own or not question.tests or pack.tests.unit == "name" or matching(own, pack.manifests):
        return None
    found: set[str] = set()
    for file in own:
        tests = _concerned(file, pack, question=question)
        if tests is None:
            return None
        found.update(tests)
    return None if found.issuperset(question.tests) else _units(found, pack) or None


def _below(project: Project, changed: Collection[str]) -> tuple[str, ...]:
    cut = f"{project.root}/" if project.root else ""
    return tuple(sorted(path.removeprefix(cut) for path in changed if path.startswith(cut)))


def _concerned(file: str, pack: Pack, *, question: _Question) -> Collection[str] | None:
    if file in question.tests and not _is_shared(file):
        return [file, *(_imported(file, question) or ())]
    return next((tests for rule in pack.tests.affected if (tests := _RULES[rule](file, question))), None)


def _is_shared(file: str) -> bool:
    """What is loaded for every test below its folder, whether that names it or not."""
    return posixpath.basename(file) in {"conftest.py", "__init__.py"}


def _is_below(file: str, folder: str) -> bool:
    return not folder or file.startswith(f"{folder}/")


def _imported(file: str, question: _Question) -> Collection[str] | None:
    if _is_shared(file) or not reads_imports(file):
        return None
    reached = question.importers.get(file, frozenset())
    loaded = {posixpath.dirname(one) for one in reached if _is_shared(one)}
    return [test for test in question.tests if test in reached or any(_is_below(test, folder) for folder in loaded)]


def _named_alike(file: str, question: _Question) -> Collection[str] | None:
    stem = posixpath.splitext(posixpath.basename(file))[0]
    pattern = re.compile(rf"(?:.*[._-])?{re.escape(stem)}(?:[._-].*)?|{re.escape(stem)}Tests?|Test{re.escape(stem)}")
    return [test for test in question.tests if pattern.fullmatch(posixpath.splitext(posixpath.basename(test))[0])]


def _in_package(file: str, question: _Question) -> Collection[str] | None:
    folder = posixpath.dirname(file)
    return [test for test in question.tests if posixpath.dirname(test) == folder]


_RULES: Mapping[AffectedRule, _Rule] = {
    AffectedRule.SAME_PACKAGE: _in_package,
    AffectedRule.IMPORT_GRAPH: _imported,
    AffectedRule.NAME_MATCH: _named_alike,
    AffectedRule.ALL: lambda _file, _question: None,
}


def _units(tests: Collection[str], pack: Pack) -> tuple[str, ...]:
    if pack.tests.unit == "package":
        return tuple(sorted({f"./{posixpath.dirname(test)}" for test in tests}))
    return tuple(sorted(tests))
