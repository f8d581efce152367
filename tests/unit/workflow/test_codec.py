"""A plan survives JSON whatever it holds."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import Foreach, Join, NodeSpec, Wanted
from orchestrator.domain.plan import InputSpec, Limits, Plan
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.errors import InputError
from orchestrator.workflow import plan_from_json, plan_to_json

_TEXTS = st.text(max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_OBJECTS = st.dictionaries(_TEXTS, _JSON, max_size=3)
_MAPS = st.dictionaries(_TEXTS, _TEXTS, max_size=3)
_SECONDS = st.floats(0, 1e6)
_RETRIES = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 9),
    on=st.frozensets(st.sampled_from(FailureKind)),
    backoff=st.builds(Backoff, base=_SECONDS, cap=_SECONDS, factor=_SECONDS),
    fresh_context=st.booleans(),
)
_SPREADS = st.builds(Foreach, items=_TEXTS, key=_TEXTS, fail_fast=st.booleans(), min_success=st.integers(-1, 9))


def _specs(children: st.SearchStrategy[tuple[NodeSpec, ...]]) -> st.SearchStrategy[NodeSpec]:
    return st.builds(
        NodeSpec,
        id=_TEXTS.map(NodeId),
        kind=_TEXTS,
        needs=st.dictionaries(_TEXTS.map(NodeId), st.sampled_from(Wanted), max_size=3),
        join=st.sampled_from(Join),
        timeout=_SECONDS,
        retry=_RETRIES,
        pools=st.tuples(_TEXTS),
        foreach=st.none() | _SPREADS,
        env=_MAPS,
        body=_OBJECTS,
        scope=_OBJECTS,
        children=children,
        line=st.integers(0, 9),
    )


_NODES = st.lists(_specs(st.lists(_specs(st.just(())), max_size=2).map(tuple)), max_size=3).map(tuple)
_INPUTS = st.dictionaries(_TEXTS, st.builds(InputSpec, default=_JSON, enum=st.lists(_JSON, max_size=2).map(tuple)))
_PLANS = st.builds(
    Plan,
    name=_TEXTS,
    nodes=_NODES,
    inputs=_INPUTS,
    env=_MAPS,
    vars=_OBJECTS,
    limits=st.builds(Limits, minutes=_SECONDS),
)


@given(_PLANS)
def test_a_plan_survives_json(plan: Plan) -> None:
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_fields_that_are_missing_have_their_defaults() -> None:
    assert plan_from_json({"name": "x", "nodes": []}) == Plan(name="x", nodes=())


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, "plan"),
        ([], "plan"),
        ({"name": "x"}, "plan.nodes"),
        ({"name": "x", "nodes": [{"id": "a"}]}, "plan.nodes[0].kind"),
        ({"name": "x", "nodes": [{"id": "a", "kind": "run", "join": "some"}]}, "plan.nodes[0].join"),
        ({"name": "x", "nodes": [], "limits": {"nodes": "many"}}, "plan.limits.nodes"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(value: object, path: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_from_json(value)  # type: ignore[arg-type]  # what a broken journal may hold
    assert caught.value.problems[0].path == path


def test_the_same_plan_is_the_same_text_in_every_process() -> None:
    """Sets have no order of their own: without one a journal's hash would change from run to run."""
    code = (
        "import json; from orchestrator.workflow import loads, plan_to_json;"
        "print(json.dumps(plan_to_json(loads('nodes: {a: {run: x}}', source='w', base=None))))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
