"""The JSON Schema of a pack, generated from the models, for editors. Shipped as ``validators/schema.json``."""

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.validation.packs.schema import Pack

__all__ = ["json_schema", "key_tables", "schema_text"]


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a pack.

    It accepts what loading accepts. It cannot say everything: names of parsers, tools and placeholders are checked by
    loading alone.
    """
    schema: dict[str, Any] = _plain(Pack.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Rung pack"}


def schema_text() -> str:
    """The text of the shipped file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def key_tables() -> str:
    """Every key of every mapping of a pack, as the tables (Markdown) of the reference page."""
    schema = json_schema()
    mappings = {"Pack": schema, **schema["$defs"]}
    parts = [_table(name, one["properties"]) for name, one in mappings.items() if "properties" in one]
    return "\n".join(parts)


def _table(name: str, properties: Mapping[str, Any]) -> str:
    rows = [f"| `{key}` | {one.get('description', '')} |\n" for key, one in properties.items()]
    return f"### {name}\n\n| key | meaning |\n| --- | --- |\n{''.join(rows)}"


def _plain(schema: Any) -> Any:
    """``schema`` without generated titles, and without defaults that are mappings, lists or nothing."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: _plain(value) for key, value in schema.items() if not _is_noise(key, value)}


def _is_noise(key: str, value: Any) -> bool:
    if key == "title":
        return isinstance(value, str)
    return key == "default" and (value is None or isinstance(value, Mapping | list))
