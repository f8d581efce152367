"""Tries `rung validate` on one project: unbroken, and broken in each of the three ways beside the unbroken one."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.published.breaking import KINDS, Break, breaks
from benchmarks.published.catalogue import Package
from benchmarks.published.ecosystems import ECOSYSTEMS
from benchmarks.published.oracle import Told, canonical, command_of, oracle

__all__ = ["Row", "trial"]

_MOST_TRIED = 60
"""Places at which a break is tried before it is said that no test notices one."""
_AFTER_START = {"Rust", "Go", "Java"}
"""Languages in which a misspelt name is found before any test runs."""
_SECONDS = 1200
_NOT_OURS = ".venv\nnode_modules\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was found out about one state of one package.

    Attributes:
        kind: what was broken; ``""`` for the unbroken project.
        where: the file and line of the break.
        verdict: what ``rung validate`` said.
        named: how many new findings it named.
        tests: how many tests it counted.
        problems: what it should have said otherwise; empty where all is as it should be.
        seconds: wall clock of ``rung validate``, which judges both states.
    """

    package: Package
    kind: str = ""
    where: str = ""
    verdict: str = ""
    named: int = 0
    tests: int = 0
    problems: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Trial:
    package: Package
    root: Path
    """A repository of the project, to be validated."""
    apart: Path
    """Another copy, for the project's own command."""

    @property
    def language(self) -> str:
        return ECOSYSTEMS[self.package.ecosystem].language

    def asked(self, broken: Break | None = None) -> Told:
        """What the project's own command says."""
        kind = command_of(self.package.ecosystem, self.apart)
        if broken is None:
            return oracle(kind, self.apart)
        broken.apply(self.apart)
        try:
            return oracle(kind, self.apart)
        finally:
            broken.undo(self.apart)

    def validated(self) -> tuple[Any, float]:
        """The document of ``rung validate``, and how long it took."""
        started = time.perf_counter()
        options = ("--base", "HEAD", "--fresh", "--json")
        command = (sys.executable, "-m", "orchestrator", "validate", str(self.root), *options)
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS)
        if not done.stdout:
            return {"verdict": f"exit {done.returncode}: {done.stderr.strip()[-200:]}"}, time.perf_counter() - started
        return json.loads(done.stdout), time.perf_counter() - started


def trial(package: Package, project: Path, *, folder: Path, seed: str = "1") -> Iterator[Row]:
    """The rows of ``package``, whose project is prepared in ``project``, as they come; the unbroken one first.

    Works in ``folder``, which is made.

    Raises:
        OSError, subprocess.SubprocessError: a tool cannot be started, or hangs.
    """
    one = _Trial(package, folder / "project", folder / "apart")
    for copy in (one.root, one.apart):
        shutil.copytree(project, copy, symlinks=True)
        _settle(copy)
    _make_repository(one.root)
    told = one.asked()
    yield _unbroken(one, told)
    for kind in KINDS:
        yield _broken(one, told, kind=kind, seed=seed)


def _settle(root: Path) -> None:
    """Programs of a virtual environment name its interpreter by an absolute path."""
    for script in root.glob(".venv/bin/*"):
        head, line_feed, rest = script.read_bytes().partition(b"\n")
        if not script.is_symlink() and head.startswith(b"#!") and b"/.venv/bin/" in head:
            script.write_bytes(f"#!{root}/.venv/bin/python".encode() + line_feed + rest)


def _make_repository(root: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (("init", "-q"), ("add", "--all"), (*who, "commit", "-qm", "as published")):
        subprocess.run(("git", *command), cwd=root, check=True, capture_output=True, env=environment)
        (root / ".git" / "info" / "exclude").write_text(_NOT_OURS, encoding="ascii")


def _unbroken(one: _Trial, told: Told) -> Row:
    document, seconds = one.validated()
    problems = [f"verdict {document['verdict']}"] if document["verdict"] != "passed" else []
    problems += [f"the project's own command ends with {told.code}"] if told.code else []
    if not problems:
        problems += [f"named: {finding['message']}" for finding in _news(document)]
        ids = {canonical(test["id"]) for test in _tests(document) if test["status"] == "passed"}
        if document["evidence"] == "ids" and ids != told.passed:
            problems.append(f"other tests than its own command: {sorted(ids ^ told.passed)[:3]}")
    return _row(one, document, problems=problems, seconds=seconds)


def _tests(document: Any) -> list[Any]:
    return [test for stage in document.get("stages", ()) for test in stage["tests"]]


def _news(document: Any) -> list[Any]:
    return [*document["base"]["new"], *document["base"]["revealed"]] if document.get("base") else []


def _row(one: _Trial, document: Any, *, problems: list[str], seconds: float, broken: Break | None = None) -> Row:
    return Row(
        package=one.package,
        kind=broken.kind if broken else "",
        where=f"{broken.file}:{broken.line}" if broken else "",
        verdict=document["verdict"],
        named=len(_news(document)),
        tests=len(_tests(document)),
        problems=tuple(problems),
        seconds=seconds,
    )


def _broken(one: _Trial, told: Told, *, kind: str, seed: str) -> Row:
    found = _noticed(one, told, kind=kind, seed=seed)
    if found is None:
        return Row(package=one.package, kind=kind, problems=("no break that its tests notice was found",))
    broken, now = found
    broken.apply(one.root)
    try:
        document, seconds = one.validated()
    finally:
        broken.undo(one.root)
    problems = [] if document["verdict"] == "failed" else [f"verdict {document['verdict']}"]
    problems += [f"revealed: {finding['message']}" for finding in document.get("base", {}).get("revealed", ())]
    is_early = kind == "syntax" or (kind == "name" and one.language in _AFTER_START)
    problems += _misplaced(document, broken, is_early=is_early)
    problems += [] if is_early else _unlike(document, failed=now.failed - told.failed)
    return _row(one, document, problems=problems, seconds=seconds, broken=broken)


def _noticed(one: _Trial, told: Told, *, kind: str, seed: str) -> tuple[Break, Told] | None:
    """The first break that the project's own command notices: in some tests, or, where nothing starts, at all."""
    is_early = kind == "syntax" or (kind == "name" and one.language in _AFTER_START)
    for broken in islice(breaks(one.apart, kind, seed=f"{one.package.folder} {seed}"), _MOST_TRIED):
        now = one.asked(broken)
        is_partial = bool(now.failed - told.failed) and now.passed | now.failed == told.passed | told.failed
        if now.code > 0 and (not now.passed if is_early else is_partial):
            return broken, now
    return None


def _telling(document: Any) -> list[Any]:
    """New findings but for those of a command that tells no more than its exit code: it fails because of the break."""
    return [finding for finding in _news(document) if finding["file"] or finding["test"]]


def _misplaced(document: Any, broken: Break, *, is_early: bool) -> Iterator[str]:
    """What is wrong with findings that have to be at the break itself: where tests find it those of linters alone."""
    news = [finding for finding in _telling(document) if is_early or not finding["test"]]
    if is_early and not news:
        yield "nothing is named"
    for finding in news:
        if (finding["file"], finding["line"]) != (broken.file, broken.line):
            yield f"not at the break: {finding['file']}:{finding['line']}: {finding['test']} {finding['message']}"


def _unlike(document: Any, *, failed: frozenset[str]) -> Iterator[str]:
    """What is wrong with findings that have to be the tests that fail by the project's own command."""
    named = frozenset(canonical(finding["test"]) for finding in _telling(document) if finding["test"])
    yield from (f"not named: {name}" for name in sorted(failed - named))
    yield from (f"named, and does not fail: {name}" for name in sorted(named - failed))
