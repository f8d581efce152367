"""Inputs are bound to what was declared: typed, complete, and with every mistake told at once."""

from pathlib import Path

import pytest

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.plan import Plan
from orchestrator.errors import InputError
from orchestrator.workflow import bind_call, bind_inputs, loads

DECLARATION = """
inputs:
  text: {}
  number: { type: number }
  flag: { type: boolean }
  data: { type: json }
  mode: { enum: [fast, slow], default: fast }
  level: { type: number, enum: [1, 2.5] , default: 1 }
  shape: { type: json, default: { a: [1] } }
nodes: { a: { run: "true" } }
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return loads(DECLARATION, source="w.yaml", base=None)


def test_what_is_not_given_has_its_default_or_the_empty_value_of_its_type(plan: Plan) -> None:
    assert bind_inputs(plan, {}) == {
        "text": "",
        "number": 0,
        "flag": False,
        "data": None,
        "mode": "fast",
        "level": 1,
        "shape": {"a": [1]},
    }


def test_inputs_come_in_the_order_declared(plan: Plan) -> None:
    assert list(bind_inputs(plan, {"data": "1", "text": "x"})) == list(plan.inputs)


@pytest.mark.parametrize(
    ("name", "given", "bound"),
    [
        ("text", "x", "x"),
        ("text", "", ""),
        ("text", "3", "3"),
        ("text", 3, "3"),
        ("text", True, "true"),
        ("text", 1.5, "1.5"),
        ("number", "3", 3),
        ("number", "-3", -3),
        ("number", "1.50", 1.5),
        ("number", "1e3", 1000.0),
        ("number", 7, 7),
        ("flag", "true", True),
        ("flag", "false", False),
        ("flag", True, True),
        ("data", '{"a": [1, null]}', {"a": [1, None]}),
        ("data", "3", 3),
        ("data", '"x"', "x"),
        ("data", [1], [1]),
        ("mode", "slow", "slow"),
        ("level", "2.5", 2.5),
        ("text", None, ""),
    ],
)
def test_a_value_becomes_what_the_type_wants(plan: Plan, name: str, given: JsonValue, bound: JsonValue) -> None:
    value = bind_inputs(plan, {name: given})[name]
    assert (value, type(value)) == (bound, type(bound))


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("text", [1], "inputs.text: must be text, not a list"),
        ("text", {}, "inputs.text: must be text, not a mapping"),
        ("number", "three", "inputs.number: must be a number, not 'three'"),
        ("number", "", "inputs.number: must be a number, not ''"),
        ("number", "nan", "must be a number"),
        ("number", "Infinity", "must be a number"),
        ("number", "1e9999", "must be a number"),
        ("number", "0x10", "must be a number"),
        ("number", " 3", "must be a number"),
        ("number", True, "must be a number, not true"),
        ("number", float("nan"), "must be a number"),
        ("flag", "yes", "inputs.flag: must be true or false, not 'yes'"),
        ("flag", "True", "must be true or false, not 'True'"),
        ("flag", 1, "must be true or false, not 1"),
        ("data", "{a: 1}", "inputs.data: must be JSON"),
        ("data", "", "must be JSON"),
        ("data", "[" * 5000, "must be JSON"),
        ("data", "NaN", "must be JSON"),
        ("mode", "fats", "inputs.mode: must be one of fast, slow, not 'fats' (did you mean 'fast'?)"),
        ("level", "2", "inputs.level: must be one of 1, 2.5, not '2'"),
        ("txt", "x", "inputs: there is no input 'txt' (did you mean 'text'?)"),
        ("zzzzzzzz", "x", "inputs: text, number, flag, data, mode, level, shape"),
    ],
)
def test_a_wrong_value_is_refused(plan: Plan, name: str, given: JsonValue, message: str) -> None:
    with pytest.raises(InputError) as caught:
        bind_inputs(plan, {name: given})
    assert message in str(caught.value)
    assert caught.value.exit_code == 2


def test_every_mistake_is_told_at_once() -> None:
    plan = loads("inputs: {a: {required: true}, n: {type: number}}\nnodes: {x: {run: 'true'}}", source="w", base=None)
    with pytest.raises(InputError) as caught:
        bind_inputs(plan, {"b": "1", "n": "x"})
    assert [problem.path for problem in caught.value.problems] == ["inputs", "inputs.a", "inputs.n"]


def test_nothing_declared_and_nothing_given_is_nothing() -> None:
    assert bind_inputs(loads("nodes: {x: {run: 'true'}}", source="w", base=None), {}) == {}


def test_a_call_is_bound_by_the_declarations_in_the_body_of_its_node(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(DECLARATION)
    plan = loads(
        'nodes: {call: {uses: ./child.yaml, with: {text: "${{ run.id }}", level: 2.5}}}', source="w", base=tmp_path
    )
    body = plan.nodes[0].body
    assert body["with"] == {"text": "${{ run.id }}", "level": "2.5"}
    bound = bind_call(body, {"text": "r1", "level": "2.5", "data": {"x": 1}})
    assert (bound["text"], bound["level"], bound["data"], bound["mode"]) == ("r1", 2.5, {"x": 1}, "fast")
    with pytest.raises(InputError, match=r"must be one of 1, 2\.5"):
        bind_call(body, {"level": "7"})
