"""What the rest of the program asks of an expression."""

from collections import UserDict
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from orchestrator import expressions
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.status import NodeStatus
from orchestrator.errors import ExpressionError
from orchestrator.expressions import Reference, Scope, parse, parse_condition, parse_template, to_text, truthy


def test_the_public_names_are_sorted_and_exist() -> None:
    assert list(expressions.__all__) == sorted(expressions.__all__)
    assert all(hasattr(expressions, name) for name in expressions.__all__)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("needs.build.outputs.x == 0", [("needs", "build", "outputs", "x")]),
        ("Needs['build-green'].result", [("Needs", "build-green", "result")]),
        ("item", [("item",)]),
        ("needs.*.result", [("needs",)]),
        ("item.files[0].name", [("item", "files")]),
        ("needs[item.id].outputs", [("needs",), ("item", "id")]),
        ("(needs.a).b", [("needs", "a", "b")]),
        ("(needs.a || needs.b).c", [("needs", "a"), ("needs", "b")]),
        ("fromJSON(env.LIST)[matrix.i]", [("env", "LIST"), ("matrix", "i")]),
        ("contains(a.b, !c.d) && e < f == g.h", [("a", "b"), ("c", "d"), ("e",), ("f",), ("g", "h")]),
        ("success('build') && 'needs.a'", []),
    ],
)
def test_references_are_the_fixed_parts_of_every_context(source: str, paths: list[tuple[str, ...]]) -> None:
    found = parse(source).references()
    assert [reference.path for reference in found] == paths
    assert all(source[reference.offset :].startswith(reference.path[0]) for reference in found)


def test_calls_are_in_lower_case_and_named_once() -> None:
    assert parse("fromJSON(toJson(FROMJSON('1'))) || always()").calls() == {"fromjson", "tojson", "always"}
    assert parse("a.success").calls() == frozenset()


def test_nodes_that_status_functions_name_are_found() -> None:
    source = "failure('build', 'test') && !success(item.id) && contains('x', 'y')"
    assert parse(source).status_nodes() == (Reference(("build",), 8), Reference(("test",), 17))


def test_a_template_gathers_what_its_expressions_name() -> None:
    text = "a ${{ needs.a.x }} b ${{ format('{0}', item) }}${{ failure('n') }}"
    template = parse_template(text)
    assert [reference.path for reference in template.references()] == [("needs", "a", "x"), ("item",)]
    assert [text[reference.offset :][:4] for reference in template.references()] == ["need", "item"]
    assert template.calls() == {"format", "failure"}
    assert [reference.path for reference in template.status_nodes()] == [("n",)]
    assert [expression.text for expression in template.expressions] == [
        "needs.a.x",
        "format('{0}', item)",
        "failure('n')",
    ]
    assert not template.is_constant


def test_a_condition_knows_its_text_without_the_braces() -> None:
    condition = parse_condition("  ${{  a == 1 }} ")
    assert (condition.text, condition.offset) == ("a == 1", 7)
    assert parse_condition(" a == 1\n").text == "a == 1"


class Run:
    """Answers status functions for a run in which ``build`` succeeded and ``test`` failed."""

    results: Mapping[str, bool] = {"build": True, "test": False}

    def success(self, *nodes: str) -> bool:
        return all(self.results[node] for node in nodes or self.results)

    def failure(self, *nodes: str) -> bool:
        return not all(self.results[node] for node in nodes or self.results)

    @property
    def functions(self) -> dict[str, Callable[..., bool]]:
        always = {"always": lambda: True, "cancelled": lambda: False}
        return {"success": self.success, "failure": self.failure, **always}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("success()", False),
        ("failure()", True),
        ("ALWAYS() && !cancelled()", True),
        ("success('build')", True),
        ("success('build', 'test')", False),
        ("failure(item)", True),
    ],
)
def test_status_functions_ask_the_scope(source: str, value: bool) -> None:  # a row's expectation
    assert parse(source).evaluate(Scope({"item": "test"}, Run().functions)) is value


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("true && success('biuld')", "names a node that is not known here: biuld"),
        ("true && success(1)", "takes ids of nodes"),
        ("true && failure(null)", "takes ids of nodes"),
    ],
)
def test_status_functions_refuse_what_is_no_node(source: str, what: str) -> None:
    with pytest.raises(ExpressionError, match=what) as caught:
        parse(source).evaluate(Scope(status=Run().functions))
    assert caught.value.offset == 8


def test_a_fault_inside_a_status_function_is_not_taken_for_an_unknown_node() -> None:
    faults: dict[str, bool] = {}
    with pytest.raises(KeyError):
        parse("success()").evaluate(Scope(status={"success": lambda: faults["x"]}))


def test_an_object_filter_yields_a_plain_list() -> None:
    assert type(parse("a.*").evaluate(Scope({"a": {"x": 1}}))) is list


def test_any_mapping_and_sequence_will_do() -> None:
    node: Mapping[str, JsonValue] = UserDict({"Files": ("x", "y"), "state": NodeStatus.FAILED})
    scope = Scope(MappingProxyType({"a": node}))
    assert parse("A.files[1]").evaluate(scope) == "y"
    assert parse("a.*.*").evaluate(scope) == ["x", "y"]
    assert parse("a.state == 'FAILED'").evaluate(scope) is True
    assert parse("toJSON(a.files)").evaluate(scope) == '[\n  "x",\n  "y"\n]'
    assert parse_template("=${{ a }}").evaluate(scope) == '={"Files":["x","y"],"state":"failed"}'


@pytest.mark.parametrize(
    ("names", "hint"),
    [([], "no context is known here"), (["needs", "env"], "there are env, needs"), (["item"], "did you mean 'item'?")],
)
def test_an_unknown_context_says_which_there_are(names: list[str], hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("itm.id").evaluate(Scope(dict.fromkeys(names)))
    assert caught.value.hint == hint


def test_an_exact_key_comes_before_one_that_differs_in_case() -> None:
    scope = Scope({"env": {"path": 1, "PATH": 2}, "ENV": {"path": 3}})
    sources = ("env.PATH", "env.path", "env.Path", "ENV.path")
    assert [parse(source).evaluate(scope) for source in sources] == [2, 1, 1, 3]


@pytest.mark.parametrize("value", [False, 0, -0.0, 0.0, "", None, float("nan")])
def test_falsy_values_are_github_s(value: JsonValue) -> None:
    assert truthy(value) is False


@pytest.mark.parametrize("value", [True, 1, -1, 0.5, "0", "false", " ", [], {}, (), float("inf")])
def test_all_else_is_truthy(value: JsonValue) -> None:
    assert truthy(value) is True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (3, "3"),
        (-3, "-3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1 / 3, "0.333333333333333"),
        (1e14, "100000000000000"),
        (1e15, "1E+15"),
        (1e-5, "1E-05"),
        (0.0001, "0.0001"),
        (2**63, "9223372036854775808"),
        (10**30, "1E+30"),
        (-(10**400), "-Infinity"),
        ("x", "x"),
        ([1, None, "é"], '[1,null,"é"]'),
        ({"a": {"b": []}}, '{"a":{"b":[]}}'),
    ],
)
def test_values_have_one_text(value: JsonValue, text: str) -> None:
    assert to_text(value) == text
