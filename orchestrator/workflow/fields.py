"""The types of values that several keys share, each with its rule and its JSON Schema.

Values reach these types from YAML: text, numbers and booleans are what they look like, and nothing is converted
silently except where a type says so.
"""

import re
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from orchestrator.domain.ids import is_authored_id
from orchestrator.expressions import to_text
from orchestrator.workflow.tree import quoted

ID_PATTERN = "^[A-Za-z_][A-Za-z0-9_-]{0,99}$"
RULE = "rule"
"""Error type of the rules below; its context holds ``what`` and ``hint``."""

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,255}\Z")
_RESERVED_ENV = re.compile(r"RUNG_(?:OUTPUT|NODE|ATTEMPT|EXPR_[0-9]+)\Z")
_OPENING = "${{"
_SCALAR_SCHEMA = {"type": ["string", "number", "boolean"]}


def kebab(name: str) -> str:
    """The key that a field is written as: ``timeout_minutes`` is ``timeout-minutes``, ``if_`` is ``if``."""
    return name.rstrip("_").replace("_", "-")


class Keys(BaseModel):
    """A mapping of a workflow file: its keys are a closed set, its values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=kebab, protected_namespaces=())


def broken(what: str, hint: str = "") -> PydanticCustomError:
    """The error of a rule, in the words of :class:`orchestrator.errors.Problem`."""
    return PydanticCustomError(RULE, "{what}", {"what": what, "hint": hint})


def has_expression(text: str) -> bool:
    """Whether ``text`` would be a template with expressions in it."""
    return _OPENING in text


def refuse_expressions(value: Any) -> Any:
    """``value``, whose texts at any depth hold no ``${{``."""
    if isinstance(value, str) and has_expression(value):
        raise broken("expressions are not evaluated here", "write a constant")
    if isinstance(value, dict):
        for item in value.values():
            refuse_expressions(item)
    if isinstance(value, list):
        for item in value:
            refuse_expressions(item)
    return value


def _scalar_as_text(value: Any) -> Any:
    return to_text(value) if isinstance(value, bool | int | float) else value


def _null_as_empty(value: Any) -> Any:
    return "" if value is None else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _authored_id(text: str) -> str:
    if not is_authored_id(text):
        raise broken(
            f"{quoted(text)} is no id",
            "a letter or _ first, then letters, digits, _ and -, at most 100",
        )
    return text


def _env_name(text: str) -> str:
    if not _ENV_NAME.match(text):
        raise broken(f"{quoted(text)} is no name of an environment variable", "letters, digits and _, no digit first")
    if _RESERVED_ENV.match(text):
        raise broken(f"{text} is set by Rung itself", "take another name")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise broken("must not be empty")
    return text


def _unique(values: list[str]) -> list[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise broken(f"{quoted(value)} is listed twice")
        seen.add(value)
    return values


Id: TypeAlias = Annotated[str, AfterValidator(_authored_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
"""What an author may call a node, an input, an output, a pool or a variable."""

EnvName: TypeAlias = Annotated[str, AfterValidator(_env_name)]
"""Name of an environment variable; not one of those that Rung sets."""

Template: TypeAlias = Annotated[str, BeforeValidator(_scalar_as_text), WithJsonSchema(_SCALAR_SCHEMA)]
"""Text with ``${{ }}``; a number or boolean is taken as its text."""

EnvValue: TypeAlias = Annotated[
    str,
    BeforeValidator(_null_as_empty),
    BeforeValidator(_scalar_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
"""As :data:`Template`; nothing is the empty text."""

Condition: TypeAlias = Annotated[
    str, BeforeValidator(_scalar_as_text), AfterValidator(_not_blank), WithJsonSchema(_SCALAR_SCHEMA)
]
"""An expression, bare or inside one ``${{ }}``."""

PlainText: TypeAlias = Annotated[
    str, BeforeValidator(_scalar_as_text), AfterValidator(refuse_expressions), WithJsonSchema(_SCALAR_SCHEMA)
]
"""Text for people; no expressions."""

Text: TypeAlias = Annotated[str, AfterValidator(_not_blank), Field(min_length=1)]
"""Text that is not empty."""

Constant: TypeAlias = Annotated[Text, AfterValidator(refuse_expressions)]
"""Text that is not empty and holds no expressions."""

Globs: TypeAlias = Annotated[list[Constant], AfterValidator(_unique)]
"""Patterns of file names."""

Ids: TypeAlias = Annotated[
    list[Id],
    BeforeValidator(_as_list),
    AfterValidator(_unique),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": ID_PATTERN},
                {"type": "array", "items": {"type": "string", "pattern": ID_PATTERN}},
            ]
        }
    ),
]
"""One id or a list of them."""

Count: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""A whole number from 1."""

Minutes: TypeAlias = Annotated[float, Field(gt=0, le=525_600)]
"""A span of time, at most a year."""

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=86_400)]
"""A wait, at most a day."""
