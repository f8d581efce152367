"""Good files with one value changed into anything at all: a plan comes out, or problems with their places."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import Problem, WorkflowError
from orchestrator.workflow import loads
from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.document import parse
from orchestrator.workflow.source import read

CASES = Path(__file__).parents[2] / "cases" / "workflow" / "good"


def _document(path: Path) -> Any:
    place = parse(read(path), Diagnostics(str(path)))
    assert place is not None
    return place.value


DOCUMENTS = [_document(path) for path in sorted(CASES.glob("*.yaml"))]
_TEXTS = st.sampled_from(
    [
        "",
        "a",
        "needs.a.result",
        "${{ inputs.x }}",
        "${{ ",
        "x ${{ item }}",
        "./smallest.yaml",
        "./none",
        "{0}",
        "\u0000",
        "*",
    ]
)
_SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 10**30) | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "run", "", "b c"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, item in items for below in _paths(item, (*path, key)))]


@st.composite
def _mutants(draw: st.DrawFn) -> Any:
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    *path, last = draw(st.sampled_from([path for path in _paths(document) if path]))
    parent = document
    for key in path:
        parent = parent[key]
    if isinstance(parent, dict) and draw(st.booleans()):
        parent[draw(st.sampled_from(["needs", "foreach", "strategy", "with", "until", "zzz", last]))] = draw(_VALUES)
    else:
        parent[last] = draw(_VALUES)
    return document


def _problems(text: str) -> tuple[Problem, ...]:
    try:
        loads(text, source="x.yaml", base=CASES)
    except WorkflowError as error:
        return error.problems
    return ()


@given(_mutants())
def test_a_changed_file_gives_a_plan_or_problems_that_can_be_shown(document: Any) -> None:
    for problem in _problems(json.dumps(document)):
        assert problem.file
        assert problem.line >= 1
        assert problem.what.isprintable()
        assert problem.hint.isprintable()
        assert problem.path.isprintable()
