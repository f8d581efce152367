"""A first workflow, made of what a project already has."""

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_MAX_BYTES = 1_000_000
_MAKE_TARGET = re.compile(r"^([a-z-]+)\s*:(?!=)", re.MULTILINE)
_KNOWN = ("lint", "typecheck", "build", "test")
"""Names of targets and scripts that mean the same everywhere, in the order of a workflow."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node: its id, its command and the ids that it needs."""

    id: str
    run: str
    needs: tuple[str, ...] = ()


def starter(project: Path, name: str) -> str:
    """The text of a workflow called ``name`` for the project in ``project``; it runs as it is.

    Files of the project that cannot be read or understood count as absent.
    """
    found = ((source, steps) for source, detect in _DETECTORS if (steps := detect(project / source)))
    source, steps = next(found, ("", _FALLBACK))
    why = f"It runs what {source} offers." if source else "Nothing was recognised here, so these are two examples."
    nodes = "\n".join(_node(step) for step in steps)
    title = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "check"
    return _FILE.format(title=title, why=why, nodes=nodes)


_FILE = """\
# A workflow for Rung: steps, and what each one needs. {why}
# Everything whose needs have succeeded runs at once.
version: 1
name: {title}
defaults:
  timeout-minutes: 30   # for each node; say it on a node to change it there
nodes:
{nodes}
"""


def _node(step: Step) -> str:
    lines = [f"  {step.id}:", f"    run: {step.run}"]
    if step.needs:
        lines.append(f"    needs: [{', '.join(step.needs)}]")
    return "\n".join(lines)


def _make_steps(path: Path) -> Sequence[Step]:
    targets = set(_MAKE_TARGET.findall(_text(path)))
    return _steps({name: f"make {name}" for name in _KNOWN if name in targets})


def _npm_steps(path: Path) -> Sequence[Step]:
    try:
        scripts = json.loads(_text(path) or "{}").get("scripts", {})
    except (ValueError, AttributeError, RecursionError):
        return ()
    known = [name for name in _KNOWN if isinstance(scripts, dict) and name in scripts]
    return _steps({name: f"npm run {name}" for name in known})


def _cargo_steps(path: Path) -> Sequence[Step]:
    return _steps({"build": "cargo build", "test": "cargo test"}) if _text(path) else ()


def _go_steps(path: Path) -> Sequence[Step]:
    commands = {"lint": "go vet ./...", "build": "go build ./...", "test": "go test ./..."}
    return _steps(commands) if _text(path) else ()


def _python_steps(path: Path) -> Sequence[Step]:
    try:
        tools = tomllib.loads(_text(path)).get("tool", {})
    except (ValueError, RecursionError):
        return ()
    commands = {"build": "python3 -m compileall -q ."} if _text(path) else {}
    if isinstance(tools, dict):
        commands |= {"lint": "ruff check ."} if "ruff" in tools else {}
        commands |= {"typecheck": "mypy ."} if "mypy" in tools else {}
        commands |= {"test": "python3 -m pytest"} if "pytest" in tools or (path.parent / "tests").is_dir() else {}
    return _steps({name: commands[name] for name in _KNOWN if name in commands})


def _steps(commands: dict[str, str]) -> Sequence[Step]:
    """Tests wait for the build; everything else is ready at once."""
    after_build = ("build",) if "build" in commands else ()
    return [Step(name, run, after_build if name == "test" else ()) for name, run in commands.items()]


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


_FALLBACK = (Step("hello", "echo hello"), Step("look", "ls -la", ("hello",)))
_DETECTORS: tuple[tuple[str, Callable[[Path], Sequence[Step]]], ...] = (
    ("Makefile", _make_steps),
    ("package.json", _npm_steps),
    ("Cargo.toml", _cargo_steps),
    ("go.mod", _go_steps),
    ("pyproject.toml", _python_steps),
)
"""The first file that yields a step decides. A new kind of project is a row."""
