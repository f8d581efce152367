"""ES modules as what a function with ``require`` and ``exports`` can run: its statements of import and export replaced.

Exported names are read when they are asked for, as ES modules have it; imported ones when the module is loaded, so
that modules which import each other in a circle may see less than in ES modules. ``await`` outside of functions is
not supported.
"""

from collections.abc import Iterator

from orchestrator.fixers.search.js.instrument import Splice
from orchestrator.fixers.search.js.source import Source
from orchestrator.fixers.search.js.tree import Node

__all__ = ["as_function", "is_module"]


def is_module(root: Node) -> bool:
    """Whether there is a statement of import or export."""
    return any(node.kind in {"import_statement", "export_statement"} for node in root.children)


def as_function(source: Source) -> tuple[list[Splice], str]:
    """What replaces those statements, and what stands in front of the file."""
    root = source.root
    if root is None:
        return [], ""
    found, named = list(_meta(source, root)), []
    if not is_module(root):
        return found, ""
    for node in root.children:
        if node.kind == "import_statement":
            found.append(_splice(node, _imported(source, node)))
        elif node.kind == "export_statement":
            splices, names = _exported(source, node)
            found += splices
            named += names
    getters = "".join(f"__rung__.give(exports, {name!r}, () => {text});" for name, text in named)
    return found, '"use strict";__rung__.give(exports, "__esModule", () => true);' + getters


def _splice(node: Node, text: str) -> Splice:
    lines = "\n" * (node.last - node.line)
    return Splice(node.start, node.end, text + lines, node.start, node.end)


def _meta(source: Source, root: Node) -> Iterator[Splice]:
    for node in root.walk():
        if node.kind == "meta_property" and source.of(node) == "import.meta":
            yield _splice(node, "__rung__.meta")
        elif node.kind == "import":
            yield _splice(node, "__rung__.load")


def _required(source: Source, node: Node) -> str:
    return f"require({source.of(node.part('source'))})"


def _imported(source: Source, node: Node) -> str:
    clause = next((child for child in node.children if child.kind == "import_clause"), None)
    if clause is None:
        return f"{_required(source, node)};"
    parts = []
    for child in clause.children:
        if child.kind == "identifier":
            parts.append(f"const {source.of(child)} = __rung__.usual({_required(source, node)});")
        elif child.kind == "namespace_import":
            parts.append(f"const {source.of(child.children[0])} = {_required(source, node)};")
        elif child.kind == "named_imports":
            parts.append(_named(source, node, names=child))
    return "".join(parts)


def _named(source: Source, node: Node, *, names: Node) -> str:
    rows = [(source.of(one.part("name")), source.of(one.get("alias") or one.part("name"))) for one in names.children]
    defaults = [f"const {own} = __rung__.usual({_required(source, node)});" for name, own in rows if name == "default"]
    others = ", ".join(f"{name}: {own}" for name, own in rows if name != "default")
    return "".join(defaults) + f"const {{{others}}} = {_required(source, node)};"


def _exported(source: Source, node: Node) -> tuple[list[Splice], list[tuple[str, str]]]:
    declared, value = node.get("declaration"), node.get("value")
    is_default = source.text[node.start :].split(None, 2)[1:2] == ["default"]
    if value is not None:
        head = Splice(node.start, value.start, "const __rung_default__ = ", node.start, value.start)
        return [head], [("default", "__rung_default__")]
    if declared is not None:
        head = Splice(node.start, declared.start, "", node.start, declared.start)
        names = _declared(source, declared)
        if is_default and not names:
            head = head._replace(text="const __rung_default__ = ")
            return [head], [("default", "__rung_default__")]
        return [head], [("default" if is_default else name, name) for name in names]
    clause = next((child for child in node.children if child.kind == "export_clause"), None)
    if clause is None:
        return [_splice(node, f"__rung__.give_all(exports, {_required(source, node)});")], []
    rows = [(source.of(one.get("alias") or one.part("name")), source.of(one.part("name"))) for one in clause.children]
    if node.get("source") is None:
        return [_splice(node, ";")], rows
    required = _required(source, node)
    gives = (f"__rung__.give(exports, {name!r}, () => {required}.{own});" for name, own in rows)
    return [_splice(node, "".join(gives))], []


def _declared(source: Source, node: Node) -> list[str]:
    name = node.get("name")
    if name is not None:
        return [source.of(name)]
    return [source.of(item.part("name")) for item in node.children if item.kind == "variable_declarator"]
