"""No text, however made, costs more than its length allows."""

import sys

import pytest

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError
from orchestrator.expressions import Scope, parse, parse_template, to_text
from orchestrator.expressions.limits import MAX_DEPTH, MAX_JSON_DEPTH, MAX_LENGTH, MAX_TEXT

NESTINGS = {
    "parentheses": ("(", "1", ")"),
    "calls": ("toJSON(", "1", ")"),
    "indexes": ("a[", "0", "]"),
    "negations": ("!", "1", ""),
    "right operands": ("1 && (", "1", ")"),
    "left operands": ("(", "1", " < 1 == 1 && 1 || 1)"),
}


def failure(source: str, **contexts: JsonValue) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(source).evaluate(Scope(contexts))
    return caught.value


@pytest.mark.parametrize(("opening", "core", "ending"), NESTINGS.values(), ids=NESTINGS)
def test_nesting_is_refused_long_before_the_stack_ends(opening: str, core: str, ending: str) -> None:
    parse(opening * 8 + core + ending * 8).evaluate(Scope({"a": [0]}))
    assert "nested deeper than 50" in failure(opening * MAX_DEPTH + core + ending * MAX_DEPTH).what
    assert "nested deeper than 50" in failure(opening * 2_000).what


def test_exactly_the_greatest_depth_is_accepted() -> None:
    levels = MAX_DEPTH - 1
    assert parse("(" * levels + "1" + ")" * levels).evaluate(Scope()) == 1
    assert parse("!" * levels + "1").evaluate(Scope()) is False
    assert failure("!" * MAX_DEPTH + "1").offset == MAX_DEPTH - 1


def test_operators_of_four_levels_in_one_pair_of_parentheses_are_four_deep() -> None:
    def text(levels: int) -> str:
        return "(" * levels + "1" + " < 1 == 1 && 1 || 1)" * levels

    parse(text(MAX_DEPTH // 4))
    assert "nested deeper than 50" in failure(text(MAX_DEPTH // 4 + 1)).what


def test_the_deepest_expression_needs_little_of_the_stack() -> None:
    source = "a[" * (MAX_DEPTH - 1) + "0" + "]" * (MAX_DEPTH - 1)
    depth, frame = 0, sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # the walk ends with the outermost frame's None
        depth += 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 350)
    try:
        assert parse(source).evaluate(Scope({"a": [0]})) == 0
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("row", [" || 0", " && 1", " == 1", " < 1", "[0]", ".x", ".*"])
def test_a_long_row_is_not_nesting(row: str) -> None:
    count = (MAX_LENGTH - 1) // len(row)
    assert parse("a" + row * count).text == "a" + row * count
    parse("a" + row * count).evaluate(Scope({"a": [1]}))


def test_a_text_of_the_greatest_length_is_accepted_and_a_longer_one_refused() -> None:
    longest = "'" + "x" * (MAX_LENGTH - 2) + "'"
    assert parse(longest).evaluate(Scope()) == "x" * (MAX_LENGTH - 2)
    error = failure(longest + " ")
    assert ("longer than 21000" in error.what, error.offset) == (True, MAX_LENGTH)


@pytest.mark.parametrize("piece", ["'", "a ", "1.", "((", "-", " ", "a.", "a[", "contains(", "1&&!"])
def test_texts_that_lead_nowhere_are_refused_at_once(piece: str) -> None:
    source = piece * ((MAX_LENGTH // len(piece) - 1) | 1)
    assert 0 <= failure(source).offset <= len(source)


def test_a_template_is_limited_as_a_whole_and_in_each_expression() -> None:
    assert parse_template("x" * MAX_TEXT).is_constant
    with pytest.raises(ExpressionError, match="longer than 1000000"):
        parse_template("x" * (MAX_TEXT + 1))
    with pytest.raises(ExpressionError, match="longer than 21000") as caught:
        parse_template("text ${{" + "1" * (MAX_LENGTH + 1) + "}}")
    assert caught.value.offset == len("text ${{") + MAX_LENGTH


@pytest.mark.parametrize(
    "source",
    [
        "format('" + "{0}" * 11 + "', x)",
        "join(many, x)",
        "join(many)",
        "toJSON(many)",
        "format('{0}{0}', format('" + "{0}" * 6 + "', x))",
    ],
)
def test_a_small_text_cannot_make_a_large_one(source: str) -> None:
    error = failure(f"true && {source}", x="x" * 100_000, many=["x" * 10] * 100_000)
    assert ("longer than 1000000 characters" in error.what, error.offset) == (True, 8)


def test_a_text_of_exactly_the_greatest_size_is_made() -> None:
    scope = Scope({"x": "x" * (MAX_TEXT // 10)})
    assert parse("format('" + "{0}" * 10 + "', x)").evaluate(scope) == "x" * MAX_TEXT
    assert parse_template("${{ x }}" * 10).evaluate(scope) == "x" * MAX_TEXT
    with pytest.raises(ExpressionError, match="longer than 1000000") as caught:
        parse_template("${{ x }}" * 11).evaluate(scope)
    assert caught.value.offset == len("${{ x }}") * 10 + 4


@pytest.mark.parametrize(("opening", "ending"), [("[", "]"), ('{"a":', "}")])
def test_json_is_read_to_a_fixed_depth(opening: str, ending: str) -> None:
    def text(levels: int) -> str:
        return opening * levels + "1" + ending * levels

    assert parse("fromJSON(x)").evaluate(Scope({"x": text(MAX_JSON_DEPTH)}))
    assert "nested deeper than 100" in failure("fromJSON(x)", x=text(MAX_JSON_DEPTH + 1)).what
    assert "nested deeper than 100" in failure("fromJSON(x)", x=text(100_000)).what
    assert "nested deeper than 100" in failure("fromJSON(x)", x=opening * 100_000).what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("9" * 5_000, "no number that can be kept"),
        ("-" + "9" * 5_000, "no number that can be kept"),
        ('"' + "x" * MAX_TEXT + '"', "longer than 1000000"),
        ('"' + '\\"' * 400_000, "no valid JSON"),
        ('"\\', "no valid JSON"),
        ("[" + '"[",' * 200_000, "no valid JSON"),
    ],
    ids=["long integer", "long negative", "long string", "escapes", "open escape", "brackets in strings"],
)
def test_hostile_json_is_refused(text: str, what: str) -> None:
    assert what in failure("fromJSON(x)", x=text).what


def test_values_that_are_too_deep_for_json_are_refused() -> None:
    deep: JsonValue = 1
    for _ in range(100_000):
        deep = [deep]
    assert "nested too deeply" in failure("toJSON(a)", a=deep).what
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parse_template("x ${{ a }}").evaluate(Scope({"a": deep}))
    while isinstance(deep, list):  # taken apart level by level: the interpreter would free it recursively
        deep = deep[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**5_000], ids=["NaN", "infinite", "huge"])
def test_numbers_that_json_cannot_hold_are_refused_and_have_a_text(value: float) -> None:
    assert "cannot be written as JSON" in failure("toJSON(a)", a=[value]).what
    assert to_text(value) in {"NaN", "Infinity"}


def test_a_very_long_wrong_name_is_compared_in_part_only() -> None:
    error = failure("x" * 20_000 + "()")
    assert len(error.what) < 100
    assert len(failure("x" * 20_000, needs={}).what) < 100
