"""Renaming a name that a Python module defines at its top level, wherever the project uses it.

Scopes are Python's: a parameter or local variable of the same name stays. Attributes of objects, names inside of
texts, and other languages are not renamed: that takes types.
"""

import ast
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.suggestion import Edit, applied
from orchestrator.errors import EditError
from orchestrator.fixers.intents.workshop import Done, Workshop
from orchestrator.fixers.places import line_at, offset
from orchestrator.fixers.python.source import named, nodes, parsed, span

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """A module that may use the name.

    Attributes:
        handles: what it calls modules that have the name.
        imports: line and column of its imports from such modules.
        has_name: whether it imports the name as it is.
    """

    tree: ast.Module
    handles: frozenset[str]
    imports: frozenset[tuple[int, int]]
    has_name: bool = False

    def taken(self, node: ast.ImportFrom, name: str) -> Sequence[ast.alias]:
        """Where ``node`` imports ``name`` from such a module."""
        is_ours = (node.lineno, node.col_offset) in self.imports
        return [alias for alias in node.names if is_ours and alias.name == name]


async def rename(shop: Workshop, arguments: JsonObject) -> Done:
    """``symbol``, which ``file`` defines, is called ``to`` from now on, wherever the project uses it.

    Raises:
        EditError: as :func:`rename_edits`.
    """
    old, new, file = (str(arguments[key]).strip() for key in ("symbol", "to", "file"))
    lead = f"{shop.below}/" if shop.below else ""
    texts = {name.removeprefix(lead): shop.texts[name] for name in shop.texts if name.endswith(".py")}
    changes = applied(texts, rename_edits(texts, file.removeprefix(lead), old=old, new=new))
    message = f"rename {old} to {new} in {len(changes)} file{'s' if len(changes) != 1 else ''}"
    return Done(
        changes={lead + name: text for name, text in changes.items()},
        steps=(FixStep(source="rename", message=message),),
    )


def rename_edits(texts: Mapping[str, str], file: str, *, old: str, new: str) -> tuple[Edit, ...]:
    """Edits that rename ``old``, defined at the top level of ``file``, to ``new`` in all of ``texts``.

    Raises:
        EditError: it is no Python file, does not parse, does not define ``old``; ``new`` is no name or is taken, there
            or where ``old`` is imported; or a module that uses it imports everything.
    """
    tree = _checked(texts, file, old=old, new=new)
    found = {*_in_module(texts[file], file, tree=tree, old=old, new=new)}
    found |= {*_exported(texts[file], file, tree=tree, names=(old, new))}
    for other, known in _users(texts, file, old=old).items():
        if known.has_name and _is_taken(known.tree, new):
            raise EditError(f"{new!r} is a name there already", path=other)
        found |= set(_elsewhere(texts[other], other, known=known, names=(old, new)))
    return tuple(sorted(found))


def _users(texts: Mapping[str, str], file: str, *, old: str) -> dict[str, _Module]:
    """The other modules that parse and may use ``old``; whoever imports it passes it on."""
    trees = {
        other: tree
        for other, text in texts.items()
        if other != file and other.endswith(".py") and old in text and (tree := parsed(text))
    }
    having = {_dotted(file)}
    while True:
        users = {other: _module(tree, other, having=having, old=old) for other, tree in trees.items()}
        more = having | {_dotted(other) for other, known in users.items() if known.has_name}
        if more == having:
            return users
        having = more


def _module(tree: ast.Module, file: str, *, having: AbstractSet[str], old: str) -> _Module:
    handles: set[str] = set()
    sources: dict[ast.ImportFrom, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            handles |= {alias.asname or alias.name for alias in node.names if alias.name in having}
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, file)
            if source in having:
                sources[node] = source
                if any(alias.name == "*" for alias in node.names):
                    raise EditError(f"it imports all of {source}: which names are meant cannot be told", path=file)
            handles |= {one.asname or one.name for one in node.names if f"{source}.{one.name}".lstrip(".") in having}
    known = _Module(tree=tree, handles=frozenset(handles), imports=frozenset((n.lineno, n.col_offset) for n in sources))
    is_bound = any(not alias.asname for node in sources for alias in known.taken(node, old))
    return replace(known, has_name=is_bound)


def _dotted(file: str) -> str:
    """The module that ``file`` is imported as."""
    name = file.removeprefix("src/").removesuffix(".py")
    return name.removesuffix("/__init__").replace("/", ".")


def _source(node: ast.ImportFrom, file: str) -> str:
    """The whole name of the module that ``node``, in ``file``, imports from."""
    if not node.level:
        return node.module or ""
    levels = file.removeprefix("src/").split("/")[: -node.level]
    return ".".join([*levels, *([node.module] if node.module else [])])


def _checked(texts: Mapping[str, str], file: str, *, old: str, new: str) -> ast.Module:
    tree = parsed(texts.get(file, "")) if file.endswith(".py") and file in texts else None
    if tree is None:
        raise EditError("only names of Python modules that parse can be renamed without a model", path=file)
    if not new.isidentifier() or keyword.iskeyword(new):
        raise EditError(f"{new!r} is no name", path=file)
    if old not in _bound(tree):
        raise EditError(f"it does not define {old!r} at its top level", path=file)
    if _is_taken(tree, new):
        raise EditError(f"{new!r} is a name there already", path=file)
    return tree


def _is_taken(tree: ast.Module, name: str) -> bool:
    uses = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.arg))
    return name in _bound(tree) or any(_name(node) == name for node in uses)


def _name(node: ast.Name | ast.arg) -> str:
    return node.id if isinstance(node, ast.Name) else node.arg


def _bound(scope: ast.AST) -> set[str]:
    """Names that a scope binds itself; those that it declares ``global`` are not its own."""
    found: set[str] = set()
    foreign: set[str] = set()
    for node in _own(scope):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                foreign |= set(names)
            case _:
                pass
    return found - foreign


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything below ``scope`` that belongs to it, inner scopes as themselves and without what is in them."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, (*_SCOPES, ast.ClassDef)):
            yield from _own(child)


def _reaching(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Nodes that use ``name`` of the module, not one of an inner scope."""
    for child in ast.iter_child_nodes(scope):
        yield child
        is_own = isinstance(child, (*_SCOPES, ast.ClassDef)) and name in _bound(child)
        for part in _outside(child, name) if is_own else (child,):
            if part is not child:
                yield part
            yield from _reaching(part, name)


def _outside(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Of a scope that has a ``name`` of its own, what is evaluated outside of it, and methods of a class."""
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from scope.decorator_list
            yield from (one for one in (*scope.args.defaults, *scope.args.kw_defaults) if one)
        case ast.Lambda():
            yield from (one for one in (*scope.args.defaults, *scope.args.kw_defaults) if one)
        case ast.ClassDef():
            yield from (*scope.decorator_list, *scope.bases)
            for node in _own(scope):
                if isinstance(node, _SCOPES):
                    yield from (node,) if name not in _bound(node) else _outside(node, name)
        case _:
            pass


def _in_module(text: str, file: str, *, tree: ast.Module, old: str, new: str) -> Iterator[Edit]:
    for node in _reaching(tree, old):
        if isinstance(node, ast.Name) and node.id == old:
            start, end = span(text, node)
            if text[start:end] == old:
                yield Edit(file, start, end, new)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == old:
            if node in tree.body:
                yield _at_line(text, file, line=node.lineno, names=(old, new))
        elif isinstance(node, ast.Global) and old in node.names:
            yield _at_line(text, file, line=node.lineno, names=(old, new))
        elif isinstance(node, ast.JoinedStr):
            begin, last = span(text, node)
            yield from (Edit(file, one, end, new) for one, end in named(text, old) if begin <= one and end <= last)


def _at_line(text: str, file: str, *, line: int, names: tuple[str, str]) -> Edit:
    old, new = names
    match = re.search(rf"\b{re.escape(old)}\b", line_at(text, line))
    start = offset(text, line) + (match.start() if match else 0)
    return Edit(file, start, start + len(old), new)


def _elsewhere(text: str, file: str, *, known: _Module, names: tuple[str, str]) -> Iterator[Edit]:
    """``from module import old`` with all that it names there, and ``module.old``, for every module that has it."""
    old, new = names
    for node in nodes(text):
        if isinstance(node, ast.ImportFrom):
            for alias in known.taken(node, old):
                start = offset(text, alias.lineno, column=alias.col_offset + 1)
                yield Edit(file, start, start + len(old), new)
        elif isinstance(node, ast.Attribute) and node.attr == old and ast.unparse(node.value) in known.handles:
            end = span(text, node)[1]
            yield Edit(file, end - len(old), end, new)
    if known.has_name:
        yield from _in_module(text, file, tree=known.tree, old=old, new=new)
        yield from _exported(text, file, tree=known.tree, names=names)


def _exported(text: str, file: str, *, tree: ast.Module, names: tuple[str, str]) -> Iterator[Edit]:
    """The name in ``__all__``."""
    old, new = names
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and part.value == old:
                    start, end = span(text, part)
                    start += text[start:end].index(old)
                    yield Edit(file, start, start + len(old), new)
