"""What a package's own test command says, started and read without anything of Rung: what `rung validate` is held to.

It runs outside of the sandbox, in a folder of its own, with limits on time and on what it may write.
"""

import json
import os
import re
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

__all__ = ["ORACLES", "Told", "canonical", "command_of", "oracle"]

_SECONDS = 120
_MOST_WRITTEN = 1 << 30


@dataclass(frozen=True, slots=True)
class Told:
    """How the tests went.

    Attributes:
        code: of the command; negative where it was killed.
        failed, passed: names as :func:`canonical` writes them.
    """

    code: int
    failed: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Oracle:
    command: tuple[str, ...]
    read: Callable[[str, Path], Iterator[tuple[str, bool]]]
    """Name and whether it passed, of each test; of what it printed, and the project's folder."""


def canonical(name: str) -> str:
    """The name of a test, whatever a tool puts between its parts."""
    return re.sub(r"(?:::|\.| > |/|\s)+", ".", name).strip(".")


def command_of(ecosystem: str, root: Path) -> str:
    """Which of :data:`ORACLES` is the project's own command."""
    if ecosystem == "pypi":
        return "pytest" if any(root.glob(".venv/lib/python*/site-packages/pytest")) else "unittest"
    if ecosystem == "npm":
        script = str(json.loads((root / "package.json").read_text(encoding="utf-8"))["scripts"]["test"])
        return script.split(maxsplit=1)[0]
    return ecosystem


def oracle(kind: str, root: Path) -> Told:
    """Run the tests of the project in ``root`` by the command ``kind``; the project's folder may be written to."""
    asked = ORACLES[kind]
    for report in root.glob(_SUREFIRE):
        report.unlink()
    path = f"{root}/node_modules/.bin:{os.environ['PATH']}"
    process = subprocess.Popen(
        asked.command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, "GOFLAGS": "-buildvcs=false"}, start_new_session=True, preexec_fn=_limit,  # noqa: PLW1509  # this program has one thread
    )  # fmt: skip
    try:
        text = process.communicate(timeout=_SECONDS)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Told(-signal.SIGKILL)
    tests = [(canonical(name), is_passed) for name, is_passed in asked.read(text, root)]
    failed = frozenset(name for name, is_passed in tests if not is_passed)
    return Told(process.returncode, failed, frozenset(name for name, _ in tests) - failed)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))


_JUNIT = ".oracle.xml"
_SUREFIRE = "target/surefire-reports/TEST-*.xml"


def _xml(files: Sequence[Path]) -> Iterator[tuple[str, bool]]:
    for file in files:
        for case in ET.parse(file).iter("testcase"):
            verdicts = {child.tag for child in case}
            if "skipped" not in verdicts:
                yield f"{case.get('classname', '')}.{case.get('name')}", not verdicts & {"failure", "error"}


def _pytest(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    del text
    file = root / _JUNIT
    yield from _xml([file] if file.is_file() else [])
    file.unlink(missing_ok=True)


def _maven(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    del text
    yield from _xml(sorted(root.glob(_SUREFIRE)))


def _unittest(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    """The line that tells how it went may stand below one of a docstring."""
    del root
    for name, word in re.findall(r"^\w+ \(([\w.]+)\)(?:\n.*)? \.\.\. (ok|FAIL|ERROR)$", text, re.MULTILINE):
        yield name, word == "ok"


def _mocha(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    del root
    start = text.find('{\n  "stats"')
    told = json.loads(text[start:]) if start >= 0 else {"tests": []}
    yield from ((test["fullTitle"], not test["err"]) for test in told["tests"])


def _tap(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    """Each ``# name`` begins a test of several assertions."""
    del root
    name, results = "", dict[str, bool]()
    for line in text.splitlines():
        if found := re.match(r"# (?!tests |pass |fail |ok)(.+)", line):
            name = found[1]
            results.setdefault(name, True)
        elif line.startswith("not ok"):
            results[name] = False
    yield from results.items()


def _cargo(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    del root
    for name, word in re.findall(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED)$", text, re.MULTILINE):
        yield name, word == "ok"


def _go(text: str, root: Path) -> Iterator[tuple[str, bool]]:
    del root
    for line in text.splitlines():
        told = json.loads(line) if line.startswith("{") else {}
        if told.get("Test") and told.get("Action") in {"pass", "fail"}:
            yield f"{told['Package']}.{told['Test']}", told["Action"] == "pass"


_PYTHON = (".venv/bin/python", "-B", "-m")
"""Writes no bytecode: what is changed twice in one second, and keeps its length, would be taken for what it was."""
_MAVEN = ("mvn", "-B", "-o", "-fae", "-Dmaven.test.failure.ignore=false", "test")
ORACLES: Mapping[str, _Oracle] = {
    "pytest": _Oracle(
        command=(*_PYTHON, "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={_JUNIT}"), read=_pytest
    ),
    "unittest": _Oracle(command=(*_PYTHON, "unittest", "discover", "-v", "-p", "test*.py"), read=_unittest),
    "mocha": _Oracle(command=("npm", "test", "--silent", "--", "--reporter=json"), read=_mocha),
    "tape": _Oracle(command=("npm", "test"), read=_tap),
    "crates": _Oracle(command=("cargo", "test", "--offline", "--no-fail-fast"), read=_cargo),
    "go": _Oracle(command=("go", "test", "-json", "-count=1", "./..."), read=_go),
    "maven": _Oracle(command=_MAVEN, read=_maven),
}
"""How a project's tests are run -> the command, and how it is read."""
