"""Workflow files and the files that they call, each read once."""

import os
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.errors import Problem, WorkflowError
from orchestrator.workflow.compiler import compile_workflow
from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.document import parse
from orchestrator.workflow.place import Place
from orchestrator.workflow.source import decode, read
from orchestrator.workflow.tree import quoted

MAX_CALLS = 8
"""Files that may call each other in a row."""

MAX_CALLED_NODES = 10_000
"""Nodes that one file may take over from the files that it calls, theirs included."""

MAX_CALLED_CHARACTERS = 10_000_000
"""Text that one file may take over; a file that is called twice counts twice."""


def load(path: Path) -> Plan:
    """The plan of the workflow file at ``path``, with the workflows that it calls inside.

    Raises:
        WorkflowError: with every problem found, in it and in the files that it calls.
    """
    text = read(path)
    return _Loader(path.parent).plan(text, str(path), path=path)


def loads(text: str, *, source: str, base: Path | None) -> Plan:
    """The plan of the workflow ``text``.

    Args:
        text: YAML.
        source: what to call it in messages and in the plan.
        base: directory from which the workflows that it calls are found; ``None`` where there is none.

    Raises:
        WorkflowError: with every problem found, in it and in the files that it calls.
    """
    text = decode(text.encode("utf-8", errors="surrogatepass"), source)
    return _Loader(base).plan(text, source, path=base / Path(source).name if base else None)


class _CallError(Exception):
    """A call leads nowhere. Arguments: what, hint."""


@dataclass(slots=True)
class _File:
    """A file that is being compiled.

    Attributes:
        name: what messages call it.
        path: the file itself; ``None`` for a text that may call nothing.
        diagnostics: its own.
        characters: of its text and of all that it calls.
        nodes: that it has taken over from what it calls.
    """

    name: str
    path: Path | None
    diagnostics: Diagnostics
    characters: int
    nodes: int = 0


@dataclass(frozen=True, slots=True)
class _Called:
    """A compiled file, and what it costs to take it over."""

    plan: Plan
    nodes: int
    characters: int


class _Loader:
    """One reading of a file and all that it calls."""

    def __init__(self, root: Path | None) -> None:
        self._root = root.resolve() if root is not None else None
        self._reports: list[Diagnostics] = []
        self._chain: list[_File] = []
        self._called: dict[Path, _Called | None] = {}

    def plan(self, text: str, name: str, *, path: Path | None) -> Plan:
        """The plan of the outermost file.

        Raises:
            WorkflowError: with the problems of all files, those of a calling file first.
        """
        called = self._compile(text, name, path=path)
        problems = [problem for report in self._reports for problem in sorted(report.problems, key=_line)]
        if problems or called is None:
            raise WorkflowError(problems)
        return called.plan

    def _compile(self, text: str, name: str, *, path: Path | None) -> _Called | None:
        file = _File(name, path, Diagnostics(name), len(text))
        self._reports.append(file.diagnostics)
        root = parse(text, file.diagnostics)
        if root is None:
            return None
        self._chain.append(file)
        plan = compile_workflow(root, self._call)
        self._chain.pop()
        return None if file.diagnostics.problems else _Called(plan, _size(plan.nodes), file.characters)

    def _call(self, place: Place, uses: str) -> Plan | None:
        caller = self._chain[-1]
        try:
            path, name = self._find(uses, caller)
            if path not in self._called:
                self._called[path] = self._compile(_read(path, uses), name, path=path)
            called = self._called[path]
            return _take(caller, called) if called else None
        except _CallError as error:
            place.note(*error.args)
            return None

    def _find(self, uses: str, caller: _File) -> tuple[Path, str]:
        """The file that ``uses`` names, resolved, and what messages call it."""
        if not uses.startswith(("./", "../")):
            raise _CallError(f"{quoted(uses)} names no file beside this one", "write a path that starts with ./")
        if self._root is None or caller.path is None:
            raise _CallError("a workflow that comes from no file cannot call one")
        path = (caller.path.parent / uses).resolve()
        if not path.is_relative_to(self._root):
            raise _CallError(
                f"{quoted(uses)} leaves the folder of the outermost workflow", "keep called files below it"
            )
        if any(path == (file.path.resolve() if file.path else None) for file in self._chain):
            names = [*(file.name for file in self._chain), os.path.normpath(Path(caller.name).parent / uses)]
            raise _CallError(f"workflows call each other in a circle: {' -> '.join(names)}")
        if len(self._chain) > MAX_CALLS:
            raise _CallError(f"more than {MAX_CALLS} workflows call each other in a row")
        return path, os.path.normpath(Path(caller.name).parent / uses)


def _line(problem: Problem) -> int:
    return problem.line


def _read(path: Path, uses: str) -> str:
    try:
        return read(path)
    except WorkflowError as error:
        problem = error.problems[0]
        raise _CallError(f"{quoted(uses)}: {problem.what}", problem.hint) from error


def _take(caller: _File, called: _Called) -> Plan:
    """Let ``caller`` take over ``called``, as long as all of it stays small."""
    caller.nodes += called.nodes
    caller.characters += called.characters
    if caller.nodes > MAX_CALLED_NODES:
        raise _CallError(f"the called workflows bring more than {MAX_CALLED_NODES:,} nodes")
    if caller.characters > MAX_CALLED_CHARACTERS:
        raise _CallError(f"the called workflows bring more than {MAX_CALLED_CHARACTERS:,} characters")
    return called.plan


def _size(nodes: tuple[NodeSpec, ...]) -> int:
    return sum(1 + _size(node.children) for node in nodes)
