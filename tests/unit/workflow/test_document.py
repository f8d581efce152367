"""Whatever text comes in, it becomes a tree or a list of problems: never another exception, never a long wait."""

from collections.abc import Sequence
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.errors import Problem, WorkflowError
from orchestrator.workflow import loads
from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.document import MAX_NODES, parse
from orchestrator.workflow.place import Place

_WORDS = r"""nodes: run: \n__ \n____ <<: *a &a !!int --- ... ${{ }} needs: "\x "\u12 "\U0011 %YAML |2 >- ? é"""
_PIECES = st.sampled_from(
    [*"abn01:-?,[]{}&*!|>%@`'\"#~ \n\t\\\u2028\x85\ufeff\ud7ff"]
    + [word.replace("\\n", "\n").replace("_", " ") + " " for word in _WORDS.split(" ")]
)


@given(st.text(max_size=80) | st.lists(_PIECES, max_size=40).map("".join))
@example("%YAML 1.99999999999999999999\n---\na: 1")
@example("%YAML x\n---\na: 1")
@example("%TAG\n---\na: 1")
@example('a: "\\U00110000"')
@example("a: !<x 1")
@example("a: ! 1")
@example("- &a\n- *a")
@example("a: |99\n x")
@example("?")
@example(": :")
def test_any_text_gives_a_plan_or_problems_with_lines(text: str) -> None:
    problems = _problems(text)
    assert all(problem.file == "x.yaml" and problem.line >= 1 for problem in problems)


def _problems(text: str) -> Sequence[Problem]:
    try:
        loads(text, source="x.yaml", base=None)
    except WorkflowError as error:
        return error.problems
    return ()


_KEYS = st.text(alphabet="abcxyz", min_size=1, max_size=4)
_SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    _SCALARS | st.text(alphabet="ab #'\"\n-[]{}yesno01.~", max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=25)
@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=3))
def test_what_ruamel_writes_is_read_back_the_same(value: dict[str, object]) -> None:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(value, stream)
    assert _root(stream.getvalue()).value == value


def _root(text: str) -> Place:
    diagnostics = Diagnostics("x.yaml")
    place = parse(text, diagnostics)
    assert place is not None
    assert not diagnostics.problems
    return place


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b",), 2),
        (("b", 0), 3),
        (("b", 1, "c"), 5),
        (("d",), 8),
        (("d", "e", 1), 9),
        (("b", 7), 2),
        (("z",), 1),
    ],
)
def test_a_place_knows_its_line(path: tuple[str | int, ...], line: int) -> None:
    root = _root("a: 1\nb:\n  - x\n  -\n    c: 2\n\n# comment\nd: {e: [1,\n  2]}\n")
    assert root.at(*path).line == line


def test_as_many_values_as_allowed_are_read_and_not_one_more() -> None:
    thousand = f"a: &a [{'1,' * 999}]\n"
    rest = MAX_NODES - 1 - (1 + 1000) - (1 + 1 + 98 * 1000)  # the document; a and its list; b, its list, its aliases
    value = _root(f"{thousand}b: [{'*a, ' * 98}{'1,' * rest}]").at("b").value
    assert value == [[1] * 999] * 98 + [1] * rest
    assert parse(f"{thousand}b: [{'*a, ' * 98}{'1,' * (rest + 1)}]", Diagnostics("x.yaml")) is None
