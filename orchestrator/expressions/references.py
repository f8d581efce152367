"""What a syntax tree names, found without evaluating it: for checks at load time."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.expressions.functions import FUNCTIONS
from orchestrator.expressions.syntax import Call, Context, Index, Literal, Node, Property, Step, walk


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that an expression uses.

    Attributes:
        path: the names as written, as far as they are fixed: ``needs.a['b'].c`` is ``("needs", "a", "b", "c")``;
            a filter, a number or a computed index ends it (``needs.*.result`` is ``("needs",)``). Never empty.
        offset: 0-based index of the first name in the text that was parsed.
    """

    path: tuple[str, ...]
    offset: int


def references_of(root: Node) -> tuple[Reference, ...]:
    """Every use of a context, in the order written; uses inside an index come after the one they are in."""
    return tuple(Reference(_path(node), node.offset) for node, _ in walk(root) if isinstance(node, Context))


def calls_of(root: Node) -> frozenset[str]:
    """The functions that are called, in lower case."""
    return frozenset(node.name for node, _ in walk(root) if isinstance(node, Call))


def status_nodes_of(root: Node) -> tuple[Reference, ...]:
    """The node ids that status functions name literally (``failure('build')``): paths of one id each, as written."""
    return tuple(
        Reference((argument.value,), argument.offset)
        for node, _ in walk(root)
        if isinstance(node, Call) and FUNCTIONS[node.name].body is None
        for argument in node.arguments
        if isinstance(argument, Literal) and isinstance(argument.value, str)
    )


def _path(node: Context) -> tuple[str, ...]:
    return (node.name, *_fixed_names(node.steps))


def _fixed_names(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        match step:
            case Property(name=name) | Index(key=Literal(value=str(name))):
                yield name
            case _:
                return
