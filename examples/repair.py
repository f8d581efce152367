"""Repairs copies of the broken projects beside it with `rung fix`, and lets each project's own tests speak afterwards.

``python3 examples/repair.py [NAME ...]``: all of broken/examples.toml, or those named. The copies lie in a folder that
is removed at the end. Exit code 0: every project whose tools are here is repaired and passes its own test command.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BROKEN = Path(__file__).resolve().parent / "broken"
LEFTOVERS = shutil.ignore_patterns("target", "build", "dist", "__pycache__")
IDENTITY = ("-c", "user.name=demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false")
LAST_LINES = 3


@dataclass(frozen=True)
class Example:
    """A project of examples.toml. tools: what it needs; test: its own test command."""

    name: str
    language: str
    tools: tuple[str, ...]
    test: str

    @property
    def folder(self) -> Path:
        return BROKEN / self.name

    def missing(self) -> list[str]:
        path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{self.folder / 'node_modules' / '.bin'}"
        return [tool for tool in self.tools if not shutil.which(tool, path=path)]


@dataclass(frozen=True)
class Repair:
    """What became of an example. passes: whether its own tests pass now; usd_micros: what was paid, in 1e-6 dollars."""

    example: Example
    passes: bool
    changes: int
    seconds: float
    calls: int
    usd_micros: int


def examples() -> list[Example]:
    told = tomllib.loads((BROKEN / "examples.toml").read_text(encoding="utf-8"))
    return [Example(name, one["language"], tuple(one["tools"]), one["test"]) for name, one in told.items()]


def environment(state: Path) -> dict[str, str]:
    """That of the commands: runs are noted in ``state``; nothing of the `make` that may have started this."""
    own = {name: text for name, text in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    return {**own, "RUNG_STATE_DIR": str(state), "PYTHONDONTWRITEBYTECODE": "1"}


def say(text: str = "") -> None:
    print(text, flush=True)


def shown(command: str, folder: Path, *, env: Mapping[str, str]) -> int:
    """Run a command for the reader to see; its exit code."""
    say(f"$ {command}")
    return subprocess.run(shlex.split(command), cwd=folder, env=env, check=False).returncode


def tested(example: Example, folder: Path, *, env: Mapping[str, str]) -> bool:
    """Whether the project's own tests pass in ``folder``; the end of what they print is shown."""
    say(f"$ {example.test}")
    argv = shlex.split(example.test)
    ended = subprocess.run(
        argv, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    for line in [line for line in ended.stdout.splitlines() if line.strip()][-LAST_LINES:]:
        say(f"    {line}")
    say(f"    exit code {ended.returncode}")
    return ended.returncode == 0


def copied(example: Example, folder: Path, *, env: Mapping[str, str]) -> Path:
    """A copy of the project as a repository of its own, with one commit."""
    copy = shutil.copytree(example.folder, folder / example.name, symlinks=True, ignore=LEFTOVERS)
    for args in (("init", "--quiet"), ("add", "."), (*IDENTITY, "commit", "--quiet", "--message", "As it was")):
        subprocess.run(("git", *args), cwd=copy, env=env, check=True)
    return copy


def repaired(example: Example, folder: Path, *, options: str) -> Repair:
    """Repair a copy of ``example`` in ``folder``, with everything shown."""
    env = environment(folder / f"{example.name}.state")
    copy = copied(example, folder, env=env)
    say(f"\n=== {example.name} ({example.language}) ===\n\nBefore, its own tests:\n")
    before = shutil.copytree(copy, folder / f"{example.name}.before", symlinks=True)
    if tested(example, before, env=env):
        say(f"{example.name} is not broken: nothing can be shown with it")
        return Repair(example, passes=False, changes=0, seconds=0, calls=0, usd_micros=0)
    say()
    started = time.monotonic()
    code = shown(f"rung fix --apply{options}", copy, env=env)
    seconds = time.monotonic() - started
    say()
    shown("git --no-pager diff --unified=1", copy, env=env)
    say("\nAfterwards, its own tests:\n")
    passes = tested(example, copy, env=env)
    run = last_run(copy, env=env)
    return Repair(
        example,
        passes=passes and code == 0,
        changes=len(set(changes(run))),
        seconds=seconds,
        calls=run["totals"]["calls"],
        usd_micros=run["totals"]["usd_micros"],
    )


def last_run(folder: Path, *, env: Mapping[str, str]) -> dict[str, Any]:
    """The document of the newest run."""
    ended = subprocess.run(("rung", "show", "--json"), cwd=folder, env=env, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def changes(run: Mapping[str, Any]) -> Iterator[str]:
    """What landed, a line each; two nodes may have made the same change."""
    for node in run["nodes"]:
        for attempt in node["attempts"]:
            if attempt["status"] == "accepted":
                yield from (f"{one['source']}: {one['message']}" for one in attempt["repairs"])


def without_sandbox() -> str:
    """The option that goes without a sandbox where this machine has none; these projects are known."""
    told = subprocess.run(("rung", "doctor", "--json"), capture_output=True, text=True, check=False).stdout
    checks = {check["name"]: check for check in json.loads(told)["checks"]}
    if checks["sandbox"]["ok"]:
        return ""
    say(f"This machine has no sandbox ({checks['sandbox']['found']}): the projects are known, so it goes without one.")
    return " --sandbox off"


def table(repairs: Sequence[Repair]) -> Iterator[str]:
    rows = [("project", "language", "changes", "seconds", "calls to models", "cost", "its own tests")]
    for one in repairs:
        name, language = one.example.name, one.example.language
        tests = "pass" if one.passes else "NOT REPAIRED"
        cost = f"${one.usd_micros / 1e6:g}"
        rows.append((name, language, str(one.changes), f"{one.seconds:.1f}", str(one.calls), cost, tests))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def chosen(names: Sequence[str]) -> list[Example]:
    """Those named, or all; SystemExit with code 2 where there is no such."""
    known = {one.name: one for one in examples()}
    for name in names:
        if name not in known:
            say(f"there is no example {name!r}; there are: {', '.join(known)}")
            raise SystemExit(2)
    return [known[name] for name in names or known]


def main(names: Sequence[str]) -> int:
    wanted = chosen(names)
    skipped = {one.name: missing for one in wanted if (missing := one.missing())}
    options = without_sandbox()
    with tempfile.TemporaryDirectory(prefix="rung-demo-") as folder:
        ready = [one for one in wanted if one.name not in skipped]
        repairs = [repaired(one, Path(folder), options=options) for one in ready]
    say("\n=== Repaired, without a model ===\n")
    for line in table(repairs):
        say(line)
    for name, missing in skipped.items():
        say(f"{name}: skipped, because this machine has no {' and no '.join(missing)}")
    return 0 if all(one.passes for one in repairs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
