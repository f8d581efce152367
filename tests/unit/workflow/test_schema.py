"""The tables and the shipped JSON Schema say what the code does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.domain.retry import FailureKind
from orchestrator.workflow import json_schema, schema_text
from orchestrator.workflow.descriptions import DESCRIPTIONS
from orchestrator.workflow.fields import Keys
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.schema import RetryKeys, WorkflowKeys

SHIPPED = Path(__file__).parents[3] / "workflows" / "schema.json"


def _properties(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_properties, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own.union(*(_properties(value) for value in schema.values()))


def test_the_shipped_schema_is_the_generated_one() -> None:
    """To renew it: write `orchestrator.workflow.schema_text()` to the file."""
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_valid_one_and_all_its_references_lead_somewhere() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    references = {text.split("/")[-1] for text in json.dumps(schema).split('"') if text.startswith("#/$defs/")}
    assert references <= set(schema["$defs"])
    assert "x-definition" not in json.dumps(schema)


def test_every_key_of_the_schema_is_described_and_nothing_else_is() -> None:
    assert _properties(json_schema()) == set(DESCRIPTIONS)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"nodes": {}},
        {"nodes": {"a": {}}},
        {"nodes": {"a": {"run": ""}}},
        {"nodes": {"a b": {"run": "x"}}},
        {"nodes": {"a": {"run": "x", "uses": "./b"}}},
        {"nodes": {"a": {"run": "x", "timeout-minutes": "10"}}},
        {"nodes": {"a": {"run": "x", "join": "some"}}},
        {"nodes": {"a": {"run": "x", "isolation": "privat"}}},
        {"nodes": {"a": {"run": "x", "retry": {"max-attempts": 0}}}},
        {"nodes": {"a": {"run": "x", "needs": {"b": "maybe"}}}},
        {"nodes": {"a": {"kind": "set"}}},
        {"nodes": {"a": {"outputs": {"x": 1}}}},
        {"nodes": {"a": {"prompt": "x"}}},
        {"nodes": {"a": {"until": "true"}}},
        {"nodes": {"a": {"until": "true", "nodes": {"b": {}}}}},
        {"nodes": {"a": {"run": "x"}}, "jobs": {"a": {"run": "x"}}},
        {"nodes": {"a": {"run": "x"}}, "permissions": {}},
        {"nodes": {"a": {"run": "x"}}, "version": 2},
        {"nodes": {"a": {"run": "x"}}, "limits": {"usd": -1}},
        {"nodes": {"a": {"run": "x"}}, "inputs": {"a b": {}}},
        {"nodes": {"a": {"run": "x"}}, "report": {"sarif": "x"}},
        {"nodes": {"a": {"run": "x"}}, "defaults": {"needs": "a"}},
    ],
    ids=json.dumps,
)
def test_the_schema_refuses_what_loading_refuses_for_its_keys_or_types(document: object) -> None:
    assert list(Draft202012Validator(json_schema()).iter_errors(document))


def test_every_kind_of_failure_but_error_can_be_retried() -> None:
    schema = RetryKeys.model_json_schema()["properties"]["on"]["items"]["enum"]
    assert set(schema) == set(FailureKind) - {FailureKind.ERROR}


def test_kinds_are_told_apart_by_their_signs() -> None:
    signs = [kind.sign for kind in KINDS.values() if kind.sign]
    assert len(set(signs)) == len(signs)
    for kind in KINDS.values():
        required = {field.alias for field in kind.keys.model_fields.values() if field.is_required()}
        assert not kind.sign or kind.sign in required, kind.name


def test_every_model_is_closed_and_strict() -> None:
    models: list[type[Keys]] = [WorkflowKeys, *(kind.keys for kind in KINDS.values())]
    for model in models:
        assert model.model_config["extra"] == "forbid"
        assert model.model_config["strict"] is True


def test_loading_a_workflow_imports_no_graph_library() -> None:
    code = (
        "import sys; from orchestrator.workflow import loads;"
        "loads('nodes: {a: {run: x}, b: {run: x, needs: a}}', source='w', base=None);"
        "print(*sorted({'networkx', 'anyio', 'rich', 'structlog', 'pydantic.json_schema'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() in ("", "pydantic.json_schema")
