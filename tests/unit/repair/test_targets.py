"""Targets as JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.assessment import Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.judgement import Target
from orchestrator.domain.survey import Cluster
from orchestrator.errors import InputError
from orchestrator.repair.targets import cluster_to_json, targets_from_json

texts = st.text(max_size=5)
targets = st.builds(
    Target, stage=texts, unit=st.builds(Unit, root=texts, pack=texts), name=texts, is_test=st.booleans()
)


@given(st.lists(targets, max_size=4))
def test_targets_survive_json(given_targets: list[Target]) -> None:
    cluster = Cluster(
        id="a.py", files=("a.py",), targets=tuple(given_targets), findings=(Finding(tool="x", message="y"),)
    )
    text = json.dumps(cluster_to_json(cluster))
    assert targets_from_json(json.loads(text)) == tuple(given_targets)
    assert json.loads(text)["messages"] == ["y"]


@pytest.mark.parametrize(
    "value", [None, "x", 1, [], {}, {"targets": "x"}, {"targets": [1]}, {"targets": [{"stage": 1}]}]
)
def test_anything_else_is_refused(value: JsonValue) -> None:
    with pytest.raises(InputError, match="cluster"):
        targets_from_json(value)
