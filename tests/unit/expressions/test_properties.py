"""What holds for every text and every tree."""

import json
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.jsonvalue import JsonScalar, JsonValue
from orchestrator.errors import ExpressionError
from orchestrator.expressions import Expression, Scope, Template, parse, parse_condition, parse_template
from orchestrator.expressions.functions import FUNCTIONS
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

EQUALITY = ("==", "!=")
ORDER = ("<", "<=", ">", ">=")
STATUS = {
    "success": lambda *_: True,
    "failure": lambda *_: False,
    "always": lambda: True,
    "cancelled": lambda: False,
}

names = st.sampled_from(["needs", "item", "build-green", "a", "B", "_x1", "env"])
numbers = st.integers(0, 10**17) | st.floats(0, allow_nan=False, allow_infinity=False) | st.integers(-99, -1)
literals = st.builds(Literal, st.none() | st.booleans() | numbers | st.text(max_size=6))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
symbols = [*"().[]*,!'\"=&|<>$ -+0", "&&", "||", "==", "<=", "''", "${{", "}}", "\n"]
words = [*FUNCTIONS, "needs", "a", "true", "null", "hashFiles", "'x'", "'{0}'", "1", "0xff", "1e999", ".5", "é"]
soups = st.lists(st.sampled_from(symbols + words), max_size=25).map("".join)


def steps_over(nodes: st.SearchStrategy[Node], *, least: int) -> st.SearchStrategy[tuple[Step, ...]]:
    step: st.SearchStrategy[Step] = st.builds(Property, names) | st.builds(Index, nodes) | st.just(Wildcard())
    return st.lists(step, min_size=least, max_size=3).map(tuple)


def calls_over(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Call]:
    def with_arguments(name: str) -> st.SearchStrategy[Call]:
        row = FUNCTIONS[name]
        arguments = st.lists(nodes, min_size=row.least, max_size=min(row.most, row.least + 2)).map(tuple)
        return st.builds(Call, st.just(name), arguments)

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(with_arguments)


def chains_over(nodes: st.SearchStrategy[Node], operators: tuple[str, ...]) -> st.SearchStrategy[Comparison]:
    pairs = st.lists(st.tuples(st.sampled_from(operators), nodes), min_size=1, max_size=2)
    return st.builds(
        lambda first, rest: Comparison(tuple(o for o, _ in rest), (first, *(n for _, n in rest))), nodes, pairs
    )


def compounds(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    bases = st.one_of(literals, calls_over(nodes), st.builds(Not, nodes), chains_over(nodes, EQUALITY))
    return st.one_of(
        st.builds(Context, names, steps_over(nodes, least=0)),
        st.builds(Access, bases, steps_over(nodes, least=1)),
        calls_over(nodes),
        st.builds(Not, nodes),
        chains_over(nodes, EQUALITY),
        chains_over(nodes, ORDER),
        st.builds(Logical, st.sampled_from(["&&", "||"]), st.lists(nodes, min_size=2, max_size=3).map(tuple)),
    )


trees: st.SearchStrategy[Node] = st.recursive(literals | st.builds(Context, names), compounds, max_leaves=15)


def rendered(node: Node) -> str:
    """``node`` as an expression, with parentheses around every operand that is no literal, context or call."""
    match node:
        case Literal() | Context() | Call() | Access():
            return rendered_operand(node)
        case Not(operand=operand):
            return f"!{grouped(operand)}"
        case Comparison(operators=operators, operands=operands):
            rest = zip(operators, operands[1:], strict=True)
            return grouped(operands[0]) + "".join(f" {operator} {grouped(operand)}" for operator, operand in rest)
        case Logical(operator=operator, operands=operands):
            return f" {operator} ".join(map(grouped, operands))


def rendered_operand(node: Literal | Context | Call | Access) -> str:
    match node:
        case Literal(value=value):
            return rendered_literal(value)
        case Context(name=name, steps=steps):
            return name + rendered_steps(steps)
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(rendered, arguments))})"
        case Access(base=base, steps=steps):
            return (rendered(base) if isinstance(base, Call) else f"({rendered(base)})") + rendered_steps(steps)


def grouped(node: Node) -> str:
    return f"({rendered(node)})" if isinstance(node, Not | Comparison | Logical) else rendered(node)


def rendered_literal(value: JsonScalar) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value)


def rendered_steps(steps: tuple[Step, ...]) -> str:
    return "".join(map(rendered_step, steps))


def rendered_step(step: Step) -> str:
    match step:
        case Property(name=name):
            return f".{name}"
        case Index(key=key):
            return f"[{rendered(key)}]"
        case Wildcard():
            return ".*"


T = TypeVar("T")


def outcome(action: Callable[[], T]) -> T | ExpressionError:
    """What ``action`` returns, or the ExpressionError that it raises; any other error escapes."""
    try:
        return action()
    except ExpressionError as error:
        return error


def check_evaluation(expression: Expression | Template, contexts: dict[str, JsonValue]) -> None:
    result = outcome(lambda: expression.evaluate(Scope(contexts, STATUS)))
    if isinstance(result, ExpressionError):
        assert expression.text in result.text
        assert 0 <= result.offset <= len(result.text)


def check_text(source: str, contexts: dict[str, JsonValue]) -> None:
    parsers: tuple[Callable[[str], Expression | Template], ...] = (parse, parse_condition, parse_template)
    for parser in parsers:
        result = outcome(partial(parser, source))
        if isinstance(result, ExpressionError):
            assert result.text == source
            assert 0 <= result.offset <= len(source)
        else:
            check_evaluation(result, contexts)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_text_parses_or_raises_the_expression_error(source: str) -> None:
    check_text(source, {"a": 1})


@settings(max_examples=400)
@given(soups)
def test_any_row_of_tokens_parses_or_raises_the_expression_error(source: str) -> None:
    check_text(source, {"a": [{"a": 1}], "needs": {"a": "x"}})


@settings(max_examples=150)
@given(trees)
def test_a_rendered_tree_parses_to_itself(tree: Node) -> None:
    # Compared as text too: 1, 1.0 and true are equal in Python.
    again = parse(rendered(tree)).root
    assert again == tree
    assert repr(again) == repr(tree)


@settings(max_examples=150)
@given(trees, st.dictionaries(names, json_values, max_size=5))
def test_evaluation_raises_nothing_but_the_expression_error(tree: Node, contexts: dict[str, JsonValue]) -> None:
    check_evaluation(parse(rendered(tree)), contexts)


@given(trees, st.text(max_size=10), st.text(max_size=10))
def test_offsets_in_a_template_point_at_its_expressions(tree: Node, before: str, after: str) -> None:
    before, after = before.replace("${{", ""), after.replace("${{", "")
    source = f"{before}|${{{{ {rendered(tree)} }}}}|{after}"
    (expression,) = parse_template(source).expressions
    assert source[expression.offset :].startswith(expression.text)
    for reference in expression.references():
        assert source[reference.offset :].startswith(reference.path[0])


@given(st.text().filter(lambda text: "${{" not in text))
def test_text_without_an_expression_stands_for_itself(source: str) -> None:
    template = parse_template(source)
    assert template.is_constant
    assert template.evaluate(Scope()) == source


@given(json_values)
def test_a_template_of_one_expression_keeps_the_value_itself(value: JsonValue) -> None:
    assert parse_template("${{ env }}").evaluate(Scope({"env": value})) is value
