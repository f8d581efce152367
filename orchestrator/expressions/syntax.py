"""The syntax tree of an expression: frozen values that compare without regard to where they stood.

``offset`` is the 0-based index of a node's first token (of an operator's first operand) in the text that was
parsed. Chains are flat (``a.b.c``, ``a || b || c``, ``1 < 2 < 3`` are one node each), so that the depth of a
tree follows what is written inside each other and never what is written in a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonScalar


@dataclass(frozen=True, slots=True)
class Literal:
    """``null``, ``true``, ``false``, a number or a string."""

    value: JsonScalar
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class Property:
    """``.name``."""

    name: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Index:
    """``[key]``."""

    key: "Node"
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``.*`` or ``[*]``: an object filter, which the steps behind it pass through item by item."""

    offset: int = field(default=0, compare=False, repr=False)


Step: TypeAlias = Property | Index | Wildcard


def _keys(steps: tuple[Step, ...]) -> "tuple[Node, ...]":
    return tuple(step.key for step in steps if isinstance(step, Index))


@dataclass(frozen=True, slots=True)
class Context:
    """A named context and the steps into it; without steps the context itself."""

    name: str
    steps: tuple[Step, ...] = ()
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The keys of its indexes."""
        return _keys(self.steps)


@dataclass(frozen=True, slots=True)
class Access:
    """Steps into the result of a call or of something in parentheses; at least one step."""

    base: "Node"
    steps: tuple[Step, ...]
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The base, then the keys of the indexes."""
        return (self.base, *_keys(self.steps))


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; ``name`` in lower case, known, and with as many arguments as it takes."""

    name: str
    arguments: "tuple[Node, ...]"
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The arguments."""
        return self.arguments


@dataclass(frozen=True, slots=True)
class Not:
    """``!operand``."""

    operand: "Node"
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparisons of one precedence in a row, from left to right: ``operators[i]`` stands before ``operands[i+1]``."""

    operators: tuple[str, ...]
    operands: "tuple[Node, ...]"
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The operands."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Logical:
    """Two or more operands joined by ``&&``, or by ``||``."""

    operator: str
    operands: "tuple[Node, ...]"
    offset: int = field(default=0, compare=False, repr=False)

    @property
    def children(self) -> "tuple[Node, ...]":
        """The operands."""
        return self.operands


Node: TypeAlias = Literal | Context | Access | Call | Not | Comparison | Logical


def walk(root: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (1 for ``root``), parents first and siblings from left to right."""
    open_nodes = [(root, 1)]
    while open_nodes:
        node, depth = open_nodes.pop()
        yield node, depth
        open_nodes.extend((child, depth + 1) for child in reversed(node.children))
