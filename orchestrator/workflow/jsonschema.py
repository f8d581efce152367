"""The JSON Schema of a workflow file, generated from the models, for editors. Shipped as ``workflows/schema.json``."""

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.workflow.descriptions import DESCRIPTIONS
from orchestrator.workflow.fields import ID_PATTERN
from orchestrator.workflow.intents import IntentKeys
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.schema import DEFINITION, BackoffKeys, WorkflowKeys

_SENTINELS = ("", 0, -1, None)
"""Defaults that stand for "left out": they are no values that the schema itself would allow."""

_MARKS = frozenset({DEFINITION, "title"})


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a workflow file.

    It accepts what :func:`orchestrator.workflow.load` accepts. It cannot say everything: references, cycles and
    expressions are checked by loading alone.
    """
    from pydantic.json_schema import models_json_schema

    models: list[Any] = [WorkflowKeys, BackoffKeys, IntentKeys, *(kind.keys for kind in KINDS.values())]
    _, generated = models_json_schema([(model, "validation") for model in models], by_alias=True)
    definitions: dict[str, Any] = {name: _finished(one) for name, one in generated["$defs"].items()}
    top = definitions.pop(WorkflowKeys.__name__)
    for kind in KINDS.values():
        _require_kind(definitions[kind.keys.__name__], sign=kind.sign)
    definitions["Node"] = {"anyOf": [_reference(kind.keys.__name__) for kind in KINDS.values()]}
    definitions["Nodes"] = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": ID_PATTERN},
        "additionalProperties": _reference("Node"),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rung workflow",
        **top,
        "oneOf": [{"required": ["nodes"]}, {"required": ["jobs"]}],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The text of the shipped file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _require_kind(definition: dict[str, Any], *, sign: str) -> None:
    """A kind that no key tells has to be written."""
    if not sign:
        definition["required"] = ["kind", *definition.get("required", [])]


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _finished(schema: Any) -> Any:
    """``schema`` with references put in, generated titles and meaningless defaults left out, keys described."""
    if isinstance(schema, list):
        return [_finished(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    if DEFINITION in schema:
        return {**_reference(schema[DEFINITION]), **_finished({k: v for k, v in schema.items() if k not in _MARKS})}
    kept = {key: _finished(value) for key, value in schema.items() if not _is_noise(key, value)}
    if isinstance(schema.get("properties"), Mapping):
        kept["properties"] = {name: _described(name, one) for name, one in schema["properties"].items()}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


def _described(name: str, schema: Any) -> dict[str, Any]:
    return {"description": DESCRIPTIONS[name], **_finished(schema)}


def _is_noise(key: str, value: Any) -> bool:
    if key == "title":
        return isinstance(value, str)
    return key == "default" and (isinstance(value, Mapping | list) or _is_sentinel(value))


def _is_sentinel(value: Any) -> bool:
    return not isinstance(value, bool) and value in _SENTINELS
