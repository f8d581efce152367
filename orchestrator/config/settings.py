"""The tree of settings: the one table of keys, types, bounds, defaults and of what a repository may say."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.config.origin import KeyPath


class Repository(StrEnum):
    """What the repository's own file may do to a key; it comes with the code and is not trusted."""

    NARROW = "narrow"
    """Lower it below what the user or the default says; 0 means no cap and is the widest value."""
    FREE = "free"
    """Set it to anything."""
    NEVER = "never"
    """Nothing: the key is the user's own."""


class Table(BaseModel):
    """A table of settings: closed, frozen, and as strict as TOML's own types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class LimitSettings(Table):
    """Caps of one run."""

    max_parallel: Annotated[int, Repository.NARROW] = Field(4, ge=1, le=1000, description="How many nodes run at once.")
    minutes: Annotated[float, Repository.NARROW] = Field(
        0.0, ge=0, le=525_600, description="Minutes of wall clock that a run may take; 0 means no cap."
    )
    nodes: Annotated[int, Repository.NARROW] = Field(
        10_000, ge=0, le=10_000_000, description="How many nodes may ever exist in a run; 0 means no cap."
    )


class TerminalSettings(Table):
    """What a person sees."""

    color: Annotated[Literal["auto", "always", "never"], Repository.NEVER] = Field(
        "auto", description="Colour on a terminal; auto obeys NO_COLOR and uses none where the output is no terminal."
    )


class ModelSettings(Table):
    """A model that may be asked."""

    name: str = Field(min_length=1, description="Its name in ladders and reports; unique.")
    tier: Literal["local-fast", "local", "cloud-fast", "premium"] = Field(description="The tier that it belongs to.")
    provider: Literal["scripted"] = Field(description="Who serves it.")
    script: str = Field(
        min_length=1, description="The file that a scripted model answers from, from this file's folder."
    )


class Settings(Table):
    """Everything that can be configured."""

    models: Annotated[list[ModelSettings], Repository.NEVER] = Field(
        default_factory=list, description="The models that may be asked, in order within their tiers."
    )

    limits: LimitSettings = Field(default_factory=LimitSettings, description="Caps of one run.")
    terminal: TerminalSettings = Field(default_factory=TerminalSettings, description="What a person sees.")


def leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], Repository]:
    """Every key of ``model`` that holds a value, in the order of declaration, with the repository's rule.

    Raises:
        TypeError: a key has no rule: each one must say what an untrusted file may do to it.
    """
    found: dict[tuple[str, ...], Repository] = {}
    for name, field in model.model_fields.items():
        path = (*prefix, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found.update(leaves(field.annotation, path))
            continue
        rule = next((entry for entry in field.metadata if isinstance(entry, Repository)), None)
        if rule is None:
            raise TypeError(f"{'.'.join(path)} does not say what a repository may do to it")
        found[path] = rule
    return found


def keys_below(model: type[BaseModel], path: KeyPath) -> tuple[str, ...]:
    """The keys that the table at ``path`` may hold; empty where ``path`` is no table of ``model``."""
    table: Any = model
    for part in path:
        field = table.model_fields.get(part)
        table = field.annotation if field else None
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return ()
    return tuple(table.model_fields)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``rung.toml``, for editors."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "rung.toml"}
