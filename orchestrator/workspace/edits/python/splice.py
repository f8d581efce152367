"""Splices a block of Python into a file: the functions and classes that it redefines, by name.

What the block has besides is either needed (imports, new helpers, new constants: added), or no part of a definition
(doc-strings of the module, ``if __name__`` and examples of use behind the last definition: left out), or else a
reason to refuse the block: nothing is guessed.
"""

import ast
from collections.abc import Iterator, Sequence

from orchestrator.errors import EditMissError, ReplyError
from orchestrator.workspace.edits.lines import bare_lines, split
from orchestrator.workspace.edits.python.examples import is_example
from orchestrator.workspace.edits.python.imports import import_changes
from orchestrator.workspace.edits.python.layout import LineChange, apply_changes
from orchestrator.workspace.edits.python.level import Code, Level
from orchestrator.workspace.edits.python.source import (
    Definition,
    Extent,
    assigned_names,
    body_keys,
    covers,
    definitions,
    indent_of,
    is_docstring,
    is_guard,
    keys_of,
)

_SEND_INSTEAD = "send a SEARCH/REPLACE block, or the whole file with its path in the fence's info string"


def _header(code: Code, node: ast.ClassDef) -> Extent:
    """The lines of a class down to the colon.

    Raises:
        EditMissError: its body begins on one of them.
    """
    start = code.extent(node).start
    first = code.extent(node.body[0]).start
    while first > node.lineno and not code.lines[first - 1].rstrip().endswith(":"):
        first -= 1
    if first < node.lineno or node.body[0].lineno == node.lineno:
        raise EditMissError(f"class {node.name!r} stands on one line", hint=_SEND_INSTEAD)
    return Extent(start, first)


def _header_parts(node: ast.ClassDef) -> list[str]:
    return [ast.dump(part) for part in (*node.decorator_list, *node.bases, *node.keywords)]


def _merge_class(level: Level, old: ast.ClassDef, *, new: ast.ClassDef) -> None:
    """Splice the members of a class of which the block shows only a part."""
    level.meet(old)
    there, here = _header(level.old, old), _header(level.new, new)
    if _header_parts(old) != _header_parts(new):
        indent = indent_of(level.old.lines[there.start])
        level.changes.append(LineChange(there.start, there.stop, level.moved(new, here, indent=indent)))
    inner = Level(
        Code(old.body, level.old.lines),
        Code(new.body, level.new.lines, level.new.drop),
        indent_of(level.old.lines[level.old.extent(old.body[0]).start]),
        level.old.extent(old.body[-1]).stop,
    )
    _splice_body(inner)
    level.changes += inner.changes


def _is_method(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    arguments = [*node.args.posonlyargs, *node.args.args]
    return bool(arguments) and arguments[0].arg in {"self", "cls"}


def _classes(body: Sequence[ast.stmt]) -> Iterator[ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
            yield from _classes(node.body)


def _inside(body: Sequence[ast.stmt], node: Definition) -> list[Definition]:
    """The definitions in the classes of ``body`` that bear the name of ``node`` and are of its kind."""
    kind = isinstance(node, ast.ClassDef), _is_method(node)
    found = [inner for owner in _classes(body) for inner in definitions(owner.body, node.name)]
    return [inner for inner in found if (isinstance(inner, ast.ClassDef), _is_method(inner)) == kind]


def _standing(level: Level, name: str) -> list[Definition]:
    """The block's definitions of ``name``; of plain functions that shadow each other, the last, as Python has it."""
    found = definitions(level.new.body, name)
    is_plain = all(not isinstance(node, ast.ClassDef) and not node.decorator_list for node in found)
    return found[-1:] if is_plain and len(definitions(level.old.body, name)) <= 1 else found


def _twins(level: Level, node: Definition, *, count: int) -> list[Definition]:
    """The ``count`` definitions of the file that ``node`` and its like in the block stand for, or none.

    A function whose first parameter is ``self`` or ``cls`` stands for a method before it stands for a function.

    Raises:
        EditMissError: there is another number of them, or a method has no class.
    """
    here, inside = definitions(level.old.body, node.name), _inside(level.old.body, node)
    is_method = not level.indent and _is_method(node)
    twins = (inside or here) if is_method else (here or inside)
    if twins and len(twins) != count:
        what = f"the file defines {node.name!r} {len(twins)} times, the block {count} times"
        raise EditMissError(what, hint=_SEND_INSTEAD)
    if is_method and not twins:
        raise EditMissError(f"no class of the file has a method {node.name!r}", hint="put it inside its class")
    return twins


def _define(level: Level, node: Definition) -> None:
    standing = _standing(level, node.name)
    if node not in standing:
        return
    twins = _twins(level, node, count=len(standing))
    if not twins:
        level.add(node)
        return
    twin = twins[standing.index(node)]
    if isinstance(twin, ast.ClassDef) and isinstance(node, ast.ClassDef) and not covers(node.body, twin.body):
        _merge_class(level, twin, new=node)
    else:
        level.replace(twin, node)


def _assign(level: Level, node: ast.stmt) -> None:
    """Put an assignment in the place of the file's own to the same names, or add it."""
    keys = keys_of(node)
    twins = [twin for twin in level.old.body if keys_of(twin) == keys]
    if len(twins) == 1:
        level.replace(twins[0], node)
    elif twins or set(keys) & body_keys(level.old.body):
        raise EditMissError(f"the file binds {keys[0][1]!r} in several places", hint=_SEND_INSTEAD)
    else:
        level.add(node)


def _has_place(level: Level, node: ast.stmt) -> bool:
    """Whether ``node`` is no matter of this level: it documents, guards, imports for the module, or the file has it."""
    is_import = isinstance(node, ast.Import | ast.ImportFrom) and not level.indent
    if is_import or is_docstring(node) or is_guard(node):
        return True
    dump = ast.dump(node)
    return any(ast.dump(twin) == dump for twin in level.old.body)


def _is_shown_use(level: Level, node: ast.stmt) -> bool:
    """Whether ``node`` only shows the block in use, and binds no name that the file has."""
    bound = {key[1] for key in body_keys(level.old.body) if key[0] in {"def", "name"}}
    return bound.isdisjoint(assigned_names(node)) and is_example(node, level.new.body)


def _tail_start(level: Level) -> int:
    """Index behind the last definition of a module; a class has no tail."""
    body = level.new.body
    ends = [index + 1 for index, node in enumerate(body) if isinstance(node, Definition)]
    return len(body) if level.indent else max(ends, default=0)


def _splice_body(level: Level) -> None:
    """Gather all changes of one level and of the classes in it."""
    tail = _tail_start(level)
    for index, node in enumerate(level.new.body):
        if isinstance(node, Definition):
            _define(level, node)
        elif _has_place(level, node):
            continue
        elif index < tail and isinstance(node, ast.Assign | ast.AnnAssign) and assigned_names(node):
            _assign(level, node)
        elif index < tail or not _is_shown_use(level, node):
            head = ast.unparse(node).splitlines()[0]
            raise ReplyError(f"the block holds a statement of no function or class: {head!r}", hint=_SEND_INSTEAD)
    if level.waiting and level.fallback < 0:
        raise EditMissError("the block redefines nothing that the file has", hint=_SEND_INSTEAD)
    level.finish()


def splice_module(before: str, old: ast.Module, *, new: ast.Module, block: Sequence[str], drop: str) -> list[str]:
    """The lines of ``before`` (own lines with their ends, new ones without) after splicing a block into it.

    Args:
        before: the file, without a byte-order mark.
        old: its tree.
        new: the tree of the block.
        block: its lines, dedented.
        drop: the white space that was taken off in front of them.

    Raises:
        EditMissError: a definition fits nowhere or in several places.
        ReplyError: the block holds what cannot be spliced.
    """
    own = bare_lines(before)
    level = Level(Code(old.body, own), Code(new.body, block, drop), "", -1)
    _splice_body(level)
    if level.is_untouched:
        raise EditMissError("the block redefines nothing that the file has", hint=_SEND_INSTEAD)
    return apply_changes(
        split(before), [*import_changes(old.body, new.body[: _tail_start(level)], lines=own), *level.changes]
    )
