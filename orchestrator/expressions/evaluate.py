"""A syntax tree and a scope to a value.

Source of the rules: GitHub Docs, "Evaluate expressions in workflows and actions". ``&&`` and ``||`` return the
operand that decides and evaluate nothing behind it. Behind an object filter every step goes into each selected
item, and items without that part drop out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError, OperandError
from orchestrator.expressions.functions import FUNCTIONS
from orchestrator.expressions.scope import Scope
from orchestrator.expressions.syntax import (
    Access,
    Call,
    Comparison,
    Context,
    Index,
    Literal,
    Logical,
    Node,
    Not,
    Property,
    Step,
    Wildcard,
)
from orchestrator.expressions.values import equal, less, part_of, parts_of, truthy
from orchestrator.expressions.wording import near_miss, quoted

_COMPARE: Mapping[str, Callable[[JsonValue, JsonValue], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    "<=": lambda left, right: less(left, right) or equal(left, right),
    ">": lambda left, right: less(right, left),
    ">=": lambda left, right: less(right, left) or equal(left, right),
}


class _Selected(list[JsonValue]):
    """What an object filter selected: steps go into its items, where those of a plain array go to the array."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where an evaluation happens: its names, and the text that errors quote."""

    scope: Scope
    source: str


def evaluate(root: Node, *, scope: Scope, source: str) -> JsonValue:
    """The value of ``root``.

    Raises:
        ExpressionError: a context is unknown, a status function has no answer here, or a function refuses its
            arguments; ``text`` is ``source`` and ``offset`` counts in it.
    """
    return _plain(_value(root, _Frame(scope, source)))


def _value(node: Node, frame: _Frame) -> JsonValue:
    return _EVALUATORS[type(node)](node, frame)


def _plain(value: JsonValue) -> JsonValue:
    return list(value) if isinstance(value, _Selected) else value


def _literal(node: Literal, _: _Frame) -> JsonValue:
    return node.value


def _context(node: Context, frame: _Frame) -> JsonValue:
    found = part_of(frame.scope.contexts, node.name)
    if not found:
        raise ExpressionError(
            f"there is no context {quoted(node.name)}",
            text=frame.source,
            offset=node.offset,
            hint=_known_like(node.name, frame.scope.contexts),
        )
    return _after_steps(found[0], node.steps, frame=frame)


def _known_like(name: str, contexts: Iterable[str]) -> str:
    known = sorted(contexts)
    near = near_miss(name, [*known, "true", "false", "null"])
    return near or (f"there are {', '.join(known)}" if known else "no context is known here")


def _access(node: Access, frame: _Frame) -> JsonValue:
    return _after_steps(_value(node.base, frame), node.steps, frame=frame)


def _after_steps(value: JsonValue, steps: Sequence[Step], *, frame: _Frame) -> JsonValue:
    for step in steps:
        select = _selector(step, frame)
        if isinstance(value, _Selected):
            value = _Selected(part for item in value for part in select(item))
        elif isinstance(step, Wildcard):
            value = _Selected(select(value))
        else:
            value = next(iter(select(value)), None)
    return value


def _selector(step: Step, frame: _Frame) -> Callable[[JsonValue], Sequence[JsonValue]]:
    match step:
        case Wildcard():
            return lambda value: tuple(parts_of(value))
        case Property(name=name):
            key: JsonValue = name
        case Index(key=node):
            key = _value(node, frame)
    return lambda value: part_of(value, key)


def _call(node: Call, frame: _Frame) -> JsonValue:
    arguments = [_plain(_value(argument, frame)) for argument in node.arguments]
    body = FUNCTIONS[node.name].body
    try:
        return body(arguments) if body else _status(node.name, arguments, scope=frame.scope)
    except OperandError as error:
        raise ExpressionError(error.what, text=frame.source, offset=node.offset, hint=error.hint) from error


def _status(name: str, nodes: Sequence[JsonValue], *, scope: Scope) -> bool:
    answer = scope.status.get(name)
    if answer is None:
        raise OperandError(f"{name}() has no meaning here", hint="status functions belong into conditions")
    if not all(isinstance(node, str) for node in nodes):
        raise OperandError(f"{name}() takes ids of nodes, as strings")
    try:
        return answer(*nodes)
    except LookupError as error:
        if not nodes:
            raise
        raise OperandError(f"{name}() names a node that is not known here: {', '.join(map(str, nodes))}") from error


def _not(node: Not, frame: _Frame) -> JsonValue:
    return not truthy(_value(node.operand, frame))


def _comparison(node: Comparison, frame: _Frame) -> JsonValue:
    left = _value(node.operands[0], frame)
    for operator, operand in zip(node.operators, node.operands[1:], strict=True):
        left = _COMPARE[operator](left, _value(operand, frame))
    return left


def _logical(node: Logical, frame: _Frame) -> JsonValue:
    deciding = node.operator == "||"
    value: JsonValue = None
    for operand in node.operands:
        value = _value(operand, frame)
        if truthy(value) is deciding:
            break
    return value


_EVALUATORS: Mapping[type, Callable[..., JsonValue]] = {
    Literal: _literal,
    Context: _context,
    Access: _access,
    Call: _call,
    Not: _not,
    Comparison: _comparison,
    Logical: _logical,
}
