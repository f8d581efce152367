"""The language as tables: ``tests/cases/expressions``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.errors import ExpressionError
from orchestrator.expressions import Expression, Scope, Template, parse, parse_condition, parse_template

CASES = Path(__file__).parents[2] / "cases" / "expressions"
EXPRESSIONS = json.loads((CASES / "expressions.json").read_text(encoding="utf-8"))
TEMPLATES = json.loads((CASES / "templates.json").read_text(encoding="utf-8"))


def named(cases: list[dict[str, Any]], key: str) -> list[Any]:
    return [pytest.param(case, id=case[key] or "nothing") for case in cases]


def check(case: dict[str, Any], parse_text: Callable[[str], Expression | Template], text: str, scope: Scope) -> None:
    if "error" not in case:
        # As JSON text, because 1, 1.0 and true are equal in Python.
        assert json.dumps(parse_text(text).evaluate(scope)) == json.dumps(case["value"])
        return
    with pytest.raises(ExpressionError) as caught:
        parse_text(text).evaluate(scope)
    assert case["error"] in caught.value.what
    assert case.get("hint", "") in caught.value.hint
    assert (caught.value.offset, caught.value.text) == (case["offset"], text)


@pytest.mark.parametrize(
    "case", named([case for group in EXPRESSIONS["groups"].values() for case in group], "expression")
)
def test_an_expression_means_what_the_table_says(case: dict[str, Any]) -> None:
    check(case, parse, case["expression"], Scope(EXPRESSIONS["contexts"]))


@pytest.mark.parametrize("case", named(TEMPLATES["templates"], "text"))
def test_a_template_means_what_the_table_says(case: dict[str, Any]) -> None:
    check(case, parse_template, case["text"], Scope(TEMPLATES["contexts"]))


@pytest.mark.parametrize("case", named(TEMPLATES["conditions"], "text"))
def test_a_condition_means_what_the_table_says(case: dict[str, Any]) -> None:
    check(case, parse_condition, case["text"], Scope(TEMPLATES["contexts"]))


def test_the_table_is_large_and_says_everything_once() -> None:
    expressions = [case["expression"] for group in EXPRESSIONS["groups"].values() for case in group]
    assert len(expressions) >= 120
    assert len(set(expressions)) == len(expressions)
