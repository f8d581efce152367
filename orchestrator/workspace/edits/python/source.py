"""Python source cut into the statements of a body, each with its lines and with what it binds."""

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.workspace.edits.lines import bare_lines

Key: TypeAlias = tuple[str, ...]
"""``("def", name)``, ``("name", name)``, ``("import", module, name, alias)``, ``("guard",)`` or ``("stmt", dump)``."""

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_COMPOUND = (ast.If, ast.Try, ast.With, ast.For, ast.While)


def parsed(text: str) -> ast.Module | None:
    """The tree of ``text``; ``None`` where it is no Python, or its lines cannot be told apart (a lone CR)."""
    if any("\r" in line for line in bare_lines(text)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stray backslash in strangers' code is not our user's concern
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_docstring(node: ast.stmt) -> bool:
    """Whether ``node`` is a bare string."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def is_guard(node: ast.stmt) -> bool:
    """Whether ``node`` is ``if __name__ == ...``."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
    )


def import_keys(node: ast.Import | ast.ImportFrom) -> tuple[Key, ...]:
    """One key for each name that ``node`` imports."""
    module = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else "import"
    return tuple(("import", module, alias.name, alias.asname or "") for alias in node.names)


def assigned_names(node: ast.stmt) -> tuple[str, ...]:
    """The plain names to which ``node`` assigns; ``()`` where it is no assignment, or assigns to anything else too."""
    if isinstance(node, ast.Assign):
        targets: Sequence[ast.expr] = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    else:
        return ()
    flat = [inner for target in targets for inner in (target.elts if isinstance(target, ast.Tuple) else [target])]
    names = tuple(inner.id for inner in flat if isinstance(inner, ast.Name))
    return names if len(names) == len(flat) else ()


def _inner_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for handler in getattr(node, "handlers", ()):
        yield from handler.body


def keys_of(node: ast.stmt) -> tuple[Key, ...]:
    """What ``node`` binds; of a statement that binds nothing, itself; of a doc-string, nothing."""
    if isinstance(node, Definition):
        return (("def", node.name),)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return import_keys(node)
    if is_guard(node):
        return (("guard",),)
    if is_docstring(node):
        return ()
    names = tuple(("name", name) for name in assigned_names(node))
    inner = tuple(k for n in _inner_statements(node) for k in keys_of(n)) if isinstance(node, _COMPOUND) else ()
    bound = tuple(key for key in (*names, *inner) if key[0] != "stmt")
    return bound or (("stmt", ast.dump(node)),)


def body_keys(body: Sequence[ast.stmt]) -> frozenset[Key]:
    """What the statements of ``body`` bind, together."""
    return frozenset(key for node in body for key in keys_of(node))


def definitions(body: Sequence[ast.stmt], name: str = "") -> list[Definition]:
    """The functions and classes of ``body``, in order: all of them, or those of one name."""
    return [node for node in body if isinstance(node, Definition) and name in {"", node.name}]


def covers(new: Sequence[ast.stmt], old: Sequence[ast.stmt]) -> bool:
    """Whether ``new`` has all that ``old`` has, in classes as well: it can take its place, and nothing is lost."""
    if not body_keys(old) <= body_keys(new):
        return False
    classes = [node for node in definitions(old) if isinstance(node, ast.ClassDef)]
    return all(
        any(isinstance(twin, ast.ClassDef) and covers(twin.body, node.body) for twin in definitions(new, node.name))
        for node in classes
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """Lines ``start`` (0-based) to ``stop`` (exclusive) of a statement, decorators included."""

    start: int
    stop: int


def indent_of(line: str) -> str:
    """The white space in front of ``line``."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def extent_of(node: ast.stmt, lines: Sequence[str]) -> Extent:
    """The lines of ``node``; comments that follow a definition at a deeper indent are its own."""
    decorators = getattr(node, "decorator_list", ())
    start = min((node.lineno, *(decorator.lineno for decorator in decorators))) - 1
    stop = node.end_lineno or node.lineno
    if isinstance(node, Definition):
        width = len(indent_of(lines[start]).expandtabs())
        for index in range(stop, len(lines)):
            text = lines[index].strip()
            if text and not (text.startswith("#") and len(indent_of(lines[index]).expandtabs()) > width):
                break
            stop = index + 1 if text else stop
    return Extent(start, stop)


def comments_above(start: int, lines: Sequence[str]) -> int:
    """Index of the first line of the comment block that ends right above line ``start`` at its indent."""
    indent = indent_of(lines[start])
    first = start
    while first > 0 and lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    return first


def shares_a_line(node: ast.stmt, extent: Extent, *, body: Sequence[ast.stmt]) -> bool:
    """Whether a statement of ``body`` that is neither in ``node`` nor around it begins or ends on its lines."""
    own = {id(inner) for inner in ast.walk(node)}
    others = (o for top in body for o in ast.walk(top) if isinstance(o, ast.stmt) and id(o) not in own)
    for other in others:
        first, last = other.lineno - 1, (other.end_lineno or other.lineno) - 1
        is_around = first < extent.start and any(inner is node for inner in ast.walk(other))
        if not is_around and (extent.start <= first < extent.stop or extent.start <= last < extent.stop):
            return True
    return False
