"""A JavaScript file as text and syntax tree at once, and the functions in it that may be changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.js.tree import Node, parsed

__all__ = ["FUNCTIONS", "Function", "Source"]

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
    }
)
"""Kinds of nodes that are functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that stands in no other function: what the search changes at a time.

    Attributes:
        node: its syntax tree.
        name: as a person calls it; ``""`` where it has none.
        access: an expression that gives the function at the end of its file; ``""`` where nothing does.
        receiver: an expression for what it is called on; ``"this"`` where that is an object of its class.
    """

    node: Node
    name: str = ""
    access: str = ""
    receiver: str = ""


@dataclass(frozen=True)
class Source:
    """One file.

    Attributes:
        text: JavaScript; of a file in TypeScript what :func:`orchestrator.fixers.search.js.types.blanked` leaves.
    """

    file: str
    text: str

    @cached_property
    def root(self) -> Node | None:
        """The syntax tree; ``None`` where the text does not parse."""
        try:
            return parsed(self.text)
        except RecursionError:
            return None

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each line, and of the end."""
        found = [0]
        for line in self.text.split("\n"):
            found.append(found[-1] + len(line) + 1)
        found[-1] = len(self.text)
        return found

    def of(self, node: Node) -> str:
        """The text of ``node``."""
        return self.text[node.start : node.end]

    def replace(self, node: Node, text: str) -> Edit:
        """``text`` in place of ``node``."""
        return Edit(self.file, node.start, node.end, text)

    def before(self, node: Node) -> str:
        """What stands before ``node`` in its line."""
        return self.text[self.starts[node.line - 1] : node.start]

    def functions(self) -> Iterator[Function]:
        """All functions that stand in no other one."""
        if self.root is not None:
            yield from self._functions(self.root)

    def _functions(self, node: Node) -> Iterator[Function]:
        for child in node.children:
            if child.kind in FUNCTIONS:
                yield self._named(child)
            else:
                yield from self._functions(child)

    def _named(self, node: Node) -> Function:
        parent = node.parent
        assert parent is not None, "a function stands in a file"
        name = node.get("name")
        if node.kind == "method_definition" and name is not None:
            return self._method(node, self.of(name))
        if node.kind.endswith("function_declaration") and name is not None:
            own = self.of(name)
            return Function(node=node, name=own, access=own if _is_outermost(node) else "")
        if parent.kind == "variable_declarator":
            own = self.of(parent.part("name"))
            return Function(node=node, name=own, access=own if _is_outermost(parent) else "")
        if parent.kind == "assignment_expression":
            return self._assigned(node, self.of(parent.part("left")))
        if parent.kind == "pair":
            return self._member(node, self.of(parent.part("key")), entry=parent)
        return Function(node=node)

    def _assigned(self, node: Node, left: str) -> Function:
        receiver, _, name = left.rpartition(".")
        receiver = "" if receiver in {"exports", "module.exports", "module"} else receiver
        is_plain = receiver.replace(".", "").isidentifier() or not receiver
        receiver = "this" if receiver.endswith(".prototype") else receiver
        return Function(node=node, name=name, access=left if is_plain else "", receiver=receiver)

    def _method(self, node: Node, name: str) -> Function:
        owner = node.parent.parent if node.parent is not None else None
        words = self.text[node.start : node.part("name").start].split()
        if owner is None or owner.kind != "class_declaration":
            return self._member(node, name, entry=node)
        own = self.of(owner.part("name"))
        is_plain = name.isidentifier() and name != "constructor" and not {"get", "set"} & set(words)
        if not is_plain or not _is_outermost(owner):
            return Function(node=node, name=name)
        if "static" in words:
            return Function(node=node, name=name, access=f"{own}.{name}", receiver=own)
        return Function(node=node, name=name, access=f"{own}.prototype.{name}", receiver="this")

    def _member(self, node: Node, name: str, *, entry: Node) -> Function:
        """A function in an object that has a name."""
        holder = entry.parent.parent if entry.parent is not None else None
        is_named = holder is not None and holder.kind == "variable_declarator" and name.isidentifier()
        if holder is None or not is_named or not _is_outermost(holder):
            return Function(node=node, name=name)
        own = self.of(holder.part("name"))
        return Function(node=node, name=name, access=f"{own}.{name}", receiver=own)


def _is_outermost(node: Node) -> bool:
    """Whether what it declares is known at the end of the file."""
    outer = {"program", "export_statement", "lexical_declaration", "variable_declaration"}
    return all(parent.kind in outer for parent in node.above())
