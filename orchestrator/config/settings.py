"""The tree of settings: the one table of keys, types, bounds, defaults and of what a repository may say."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from orchestrator.config.origin import KeyPath
from orchestrator.config.rules import Repository, Table
from orchestrator.config.validate import ValidationSettings

REPEATED = "repeated"
"""Pydantic's word for a name that has to be unique and is not."""


class LimitSettings(Table):
    """Caps of one run."""

    max_parallel: Annotated[int, Repository.NARROW] = Field(4, ge=1, le=1000, description="How many nodes run at once.")
    minutes: Annotated[float, Repository.NARROW] = Field(
        0.0, ge=0, le=525_600, description="Minutes of wall clock that a run may take; 0 means no cap."
    )
    nodes: Annotated[int, Repository.NARROW] = Field(
        10_000, ge=0, le=10_000_000, description="How many nodes may ever exist in a run; 0 means no cap."
    )


class SandboxSettings(Table):
    """What holds code under repair: all that runs on a run's own copy of the project."""

    mode: Annotated[Literal["auto", "off"], Repository.TRUSTED] = Field(
        "auto",
        description="auto: in the sandbox, and where none can be had nothing runs. "
        "off: without one, as whoever starts the run; only processes are kept apart.",
    )
    network: Annotated[Literal["none", "all"], Repository.TRUSTED] = Field(
        "none", description="What the set-up of dependencies may reach; nothing else ever has a network."
    )
    memory_mb: Annotated[int, Repository.NARROW] = Field(
        4096, ge=16, le=16_777_216, description="Memory of one command with all of its processes, in MiB."
    )
    processes: Annotated[int, Repository.NARROW] = Field(
        512, ge=1, le=4_194_304, description="Processes and threads of one command at one time."
    )
    seconds: Annotated[int, Repository.NARROW] = Field(
        3600, ge=0, le=604_800, description="Seconds that one command may take, also without a sandbox; 0: no cap."
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


class RoleSettings(Table):
    """Who is asked for what beside edits: the name of a model, or a tier, of which the first one is taken."""

    reviewer: Annotated[Annotated[str, Field(min_length=1)] | None, Repository.NEVER] = Field(
        None, description="Who reviews results; nobody where it is left out."
    )
    diagnoser: Annotated[Annotated[str, Field(min_length=1)] | None, Repository.NEVER] = Field(
        None, description="Who says why an edit failed its checks; nobody where it is left out."
    )


def _named_once(models: list[ModelSettings]) -> list[ModelSettings]:
    names = [model.name for model in models]
    repeated = [index for index, name in enumerate(names) if name in names[:index]]
    if repeated:
        error = PydanticCustomError(REPEATED, "there is one of this name already")
        details = [InitErrorDetails(type=error, loc=(index, "name"), input=names[index]) for index in repeated]
        raise ValidationError.from_exception_data("models", details)
    return models


class Settings(Table):
    """Everything that can be configured."""

    limits: LimitSettings = Field(default_factory=LimitSettings, description="Caps of one run.")
    sandbox: SandboxSettings = Field(default_factory=SandboxSettings, description="What holds code under repair.")
    terminal: TerminalSettings = Field(default_factory=TerminalSettings, description="What a person sees.")
    models: Annotated[list[ModelSettings], AfterValidator(_named_once), Repository.TRUSTED] = Field(
        default_factory=list, description="The models that may be asked, in order within their tiers."
    )
    roles: RoleSettings = Field(default_factory=RoleSettings, description="Which model has which role.")
    validation: ValidationSettings = Field(
        default_factory=ValidationSettings, alias="validate", description="How results are judged, stage by stage."
    )


def leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], Repository]:
    """Every key of ``model`` that holds a value, in the order of declaration, with the repository's rule.

    Raises:
        TypeError: a key has no rule: each one must say what an untrusted file may do to it.
    """
    found: dict[tuple[str, ...], Repository] = {}
    for name, field in fields(model).items():
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
    """The keys that the table at ``path`` (of an array: any of its tables) may hold; empty where there is none."""
    table: Any = model
    for part in path:
        if isinstance(part, int):
            table = next(iter(get_args(table)), None)
        else:
            field = fields(table).get(part) if _is_table(table) else None
            table = field.annotation if field else None
    return tuple(fields(table)) if _is_table(table) else ()


def fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The keys of ``model`` as they are written, each with what is known of it."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``rung.toml``, for editors."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "rung.toml"}
