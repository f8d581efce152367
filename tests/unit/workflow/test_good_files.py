"""Every good file in tests/cases/workflow/good loads, fits the JSON Schema, and gives the plan of its facts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.workflow import json_schema, load, plan_from_json, plan_to_json
from orchestrator.workflow.checks import CheckKeys
from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.document import parse
from orchestrator.workflow.fields import Keys
from orchestrator.workflow.intents import IntentKeys, LicenceKeys, RenameKeys
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.kinds.agent import PermissionKeys
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import (
    AgentRetryKeys,
    BackoffKeys,
    DefaultKeys,
    InputKeys,
    LimitKeys,
    RetryKeys,
    StrategyKeys,
    WorkflowKeys,
)
from orchestrator.workflow.source import read
from orchestrator.workflow.tiers import TierKeys
from orchestrator.workflow.validate import known_keys

CASES = Path(__file__).parents[2] / "cases" / "workflow" / "good"
FILES = sorted(CASES.glob("*.yaml"))


def _look_up(document: Any, path: str) -> Any:
    """The value at ``path``; a list of nodes is entered by id."""
    for step in path.split("/"):
        document = next(one for one in document if one["id"] == step) if isinstance(document, list) else document[step]
    return document


def _document(path: Path) -> Place:
    place = parse(read(path), Diagnostics(str(path)))
    assert place is not None
    return place


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_good_file_gives_the_plan_that_its_facts_describe(path: Path) -> None:
    document = plan_to_json(load(path))
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert {fact: _look_up(document, fact) for fact in facts} == facts
    assert document["source"] == str(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_good_file_fits_the_json_schema(path: Path) -> None:
    errors = [error.message for error in Draft202012Validator(json_schema()).iter_errors(_document(path).value)]
    assert errors == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_plan_of_a_good_file_survives_json(path: Path) -> None:
    plan = load(path)
    text = json.dumps(plan_to_json(plan), allow_nan=False)
    assert plan_from_json(json.loads(text)) == plan


def test_there_are_at_least_twenty_good_files() -> None:
    assert len(FILES) >= 20


def _written(value: Any) -> Iterator[tuple[str, str]]:
    """(model, key) for each key in a document, by the shape of the format."""
    for key, item in value.items():
        yield WorkflowKeys.__name__, key
        if key in ("nodes", "jobs"):
            yield from _written_nodes(item)
    yield from ((DefaultKeys.__name__, key) for key in value.get("defaults", {}))
    yield from ((LimitKeys.__name__, key) for key in value.get("limits", {}))
    yield from ((InputKeys.__name__, key) for one in value.get("inputs", {}).values() for key in one)


def _written_nodes(nodes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for node in nodes.values():
        kind = node.get("kind") or next(kind.name for kind in KINDS.values() if kind.sign and kind.sign in node)
        yield from ((KINDS[kind].keys.__name__, key) for key in node)
        yield from ((PermissionKeys.__name__, key) for key in node.get("permissions", {}))
        yield from (
            (CheckKeys.__name__, key)
            for check in node.get("validate", ())
            if isinstance(check, Mapping)
            for key in check
        )
        if isinstance(node.get("tier"), Mapping):
            yield from ((TierKeys.__name__, key) for key in node["tier"])
        yield from _written_intent(node.get("intent"))
        retry = node.get("retry", {})
        yield from (((AgentRetryKeys if kind == "agent" else RetryKeys).__name__, key) for key in retry)
        if isinstance(retry.get("backoff"), Mapping):
            yield from ((BackoffKeys.__name__, key) for key in retry["backoff"])
        yield from ((StrategyKeys.__name__, key) for key in node.get("strategy", {}))
        yield from _written_nodes(node.get("nodes", {}))


def _written_intent(intent: Any) -> Iterator[tuple[str, str]]:
    models: Mapping[str, type[Keys]] = {"rename": RenameKeys, "licence": LicenceKeys}
    for name, keys in intent.items() if isinstance(intent, Mapping) else ():
        yield IntentKeys.__name__, name
        yield from ((models[name].__name__, key) for key in keys)


def test_every_key_of_every_mapping_stands_in_some_good_file() -> None:
    """The keys that all kinds share need to be shown for one kind only."""
    written = {pair for path in FILES for pair in _written(_document(path).value)}
    shared = {key for _, key in written if key in known_keys(KINDS["run"].keys)}
    models: list[type[Keys]] = [WorkflowKeys, DefaultKeys, LimitKeys, InputKeys, RetryKeys, BackoffKeys, StrategyKeys]
    models += [IntentKeys, RenameKeys, LicenceKeys]
    models += [AgentRetryKeys, TierKeys, CheckKeys, PermissionKeys]
    models += [kind.keys for kind in KINDS.values()]
    wanted = {(model.__name__, key) for model in models for key in known_keys(model)}
    missing = {(model, key) for model, key in wanted - written if key not in shared}
    assert missing == set()
