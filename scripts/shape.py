"""Measures the shape of Python code by its syntax trees: ``python scripts/shape.py [FOLDER]`` prints a table.

A function's length is counted from its ``def`` to its last line, docstring included, decorators left out. Files
of one line (a package's docstring) and generated version files do not count as files.
"""

import ast
import io
import math
import re
import statistics
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from scripts.project import ROOT

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
BROAD = frozenset({"Exception", "BaseException"})
REASON = re.compile(r"[^\W\d_]{2,}(?:\W+[^\W\d_]+){2,}")
"""A comment gives a reason when at least three words are left once the marks for tools are gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing in a file: where it stands, what it is called, how large it is (lines, or what was counted)."""

    file: str
    line: int
    name: str
    size: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}: {self.size}"


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file."""

    file: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How long the file is."""
        return len(self.text.splitlines())


def sources(folder: Path) -> list[Source]:
    """Every Python file below ``folder``, named relative to the folder that holds it."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path.relative_to(folder.parent).as_posix(), text, ast.parse(text)))
    return found


def percentile(sizes: Iterable[int], share: float) -> int:
    """The smallest size that at least ``share`` of all do not pass (nearest rank); 0 where there is none."""
    ordered = sorted(sizes)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0


def median(sizes: Sequence[int]) -> float:
    """The middle of all sizes; 0 where there is none."""
    return statistics.median(sizes) if sizes else 0


def _named(source: Source, node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.ClassDef | Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child
            yield from _named(source, child, f"{prefix}{child.name}.")
        else:
            yield from _named(source, child, prefix)


def _length(node: ast.ClassDef | Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _places(
    source: Source,
    kinds: type | tuple[type, ...],
    size: Callable[[ast.ClassDef | Function], int],
) -> Iterator[Place]:
    for name, node in _named(source, source.tree):
        if isinstance(node, kinds):
            yield Place(source.file, node.lineno, name, size(node))


def files(found: Iterable[Source]) -> list[Place]:
    """The length of each file that counts."""
    counted = (source for source in found if source.lines > 1 and not source.file.endswith("/_version.py"))
    return [Place(source.file, 1, "file", source.lines) for source in counted]


def functions(source: Source) -> list[Place]:
    """The length of each function and method, nested ones too."""
    return list(_places(source, (ast.FunctionDef, ast.AsyncFunctionDef), _length))


def classes(source: Source) -> list[Place]:
    """The length of each class."""
    return list(_places(source, ast.ClassDef, _length))


def _own(arguments: ast.arguments) -> list[ast.arg]:
    given = [*arguments.posonlyargs, *arguments.args]
    return given[1:] if given and given[0].arg in {"self", "cls", "mcs"} else given


def _positional(node: ast.ClassDef | Function) -> int:
    return 0 if isinstance(node, ast.ClassDef) else len(_own(node.args))


def _parameters(node: ast.ClassDef | Function) -> int:
    return 0 if isinstance(node, ast.ClassDef) else len(_own(node.args)) + len(node.args.kwonlyargs)


def positional_parameters(source: Source) -> list[Place]:
    """How many parameters of each function may be given by position (``self`` and ``cls`` left out)."""
    return list(_places(source, (ast.FunctionDef, ast.AsyncFunctionDef), _positional))


def parameters(source: Source) -> list[Place]:
    """How many parameters each function has (``self``, ``cls``, ``*args`` and ``**kwargs`` left out)."""
    return list(_places(source, (ast.FunctionDef, ast.AsyncFunctionDef), _parameters))


def comments(source: Source) -> dict[int, str]:
    """Line -> the comment on it, without marks for tools (``noqa``, ``type: ignore``, ``pragma``)."""
    marks = re.compile(
        r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w, -]*\])?|pragma:[\w ]*)"
    )
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return {token.start[0]: marks.sub("", token.string) for token in tokens if token.type == tokenize.COMMENT}


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in caught)


def _passes_on(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad_excepts(source: Source) -> list[Place]:
    """Each ``except`` that catches everything and does not end by passing it on with ``raise``.

    Its size is 1 where a comment on its line or the one above gives the reason, else 0.
    """
    said = comments(source)
    handlers = (node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler))
    broad = (node for node in handlers if _is_broad(node) and not _passes_on(node))
    near = ((node, f"{said.get(node.lineno - 1, '')} {said.get(node.lineno, '')}") for node in broad)
    return [Place(source.file, node.lineno, "except", int(bool(REASON.search(text)))) for node, text in near]


def relative_imports(source: Source) -> list[Place]:
    """Each ``from . import x``; its size is the number of dots."""
    imports = (node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom) and node.level)
    return [Place(source.file, node.lineno, "relative import", node.level) for node in imports]


def bare_ignores(source: Source) -> list[Place]:
    """Each ``type: ignore`` without a code or without a reason."""
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    marked = (
        token for token in tokens if token.type == tokenize.COMMENT and re.search(r"type:\s*ignore", token.string)
    )
    good = re.compile(r"type:\s*ignore\[[\w, -]+\]\s*#\s*(.+)")
    bad = (token for token in marked if not ((match := good.search(token.string)) and REASON.search(match[1])))
    return [Place(source.file, token.start[0], token.string, 1) for token in bad]


def main(folder: Path = ROOT / "orchestrator") -> None:
    """Print one row for files, functions and classes: how many, and how large."""
    found = sources(folder)
    rows = {
        "files": files(found),
        "functions": [place for source in found for place in functions(source)],
        "classes": [place for source in found for place in classes(source)],
    }
    print(f"{'':<10}{'number':>8}{'median':>8}{'p95':>6}{'max':>6}{'> 50':>7}  largest")
    for name, places in rows.items():
        sizes = [place.size for place in places]
        over = sum(size > 50 for size in sizes) / max(len(sizes), 1)
        largest = max(places, key=lambda place: place.size, default="none")
        figures = f"{median(sizes):>8g}{percentile(sizes, 0.95):>6}{max(sizes, default=0):>6}{over:>7.1%}"
        print(f"{name:<10}{len(sizes):>8}{figures}  {largest}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
