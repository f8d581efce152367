# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""The keys of a workflow file, except those of one kind of node only: types, defaults, and nothing else.

A key that stands here is served by this version. Each kind composes its keys from these groups
(see :mod:`orchestrator.workflow.kinds`); ``defaults`` holds the groups that make sense for many nodes at once.
"""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from orchestrator.domain.node import Join, Wanted
from orchestrator.workflow.fields import (
    ID_PATTERN,
    Condition,
    Constant,
    Count,
    EnvName,
    EnvValue,
    Globs,
    Id,
    Ids,
    Keys,
    Minutes,
    PlainText,
    Seconds,
    Template,
    broken,
    refuse_expressions,
)
from orchestrator.workflow.tiers import Tier, TierKeys
from orchestrator.workflow.tree import quoted

DEFINITION = "x-definition"
"""Stands for ``$ref`` to the named definition; :mod:`orchestrator.workflow.jsonschema` puts that in."""

NODES: Any = {DEFINITION: "Nodes"}

_WANTED = [str(wanted) for wanted in Wanted if wanted != Wanted.JOIN]
_ID = {"type": "string", "pattern": ID_PATTERN}
_ENUM: Any = {"type": "array", "minItems": 1, "items": {"type": ["string", "number"]}}


def _needs(value: Any) -> Any:
    """One id, a list of ids, or a map, as a map."""
    ids = [value] if isinstance(value, str) else value
    if isinstance(ids, dict):
        return ids
    if not isinstance(ids, list) or not all(isinstance(need, str) for need in ids):
        raise broken("needs takes the id of a node, a list of ids, or a map of id to what is wanted")
    needs: dict[str, str] = {}
    for need in ids:
        if need in needs:
            raise broken(f"{quoted(need)} is needed twice")
        needs[need] = Wanted.JOIN
    return needs


def _enum(values: list[Any]) -> list[Any]:
    seen: set[str | int | float] = set()
    for value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise broken("an enum holds texts and numbers")
        refuse_expressions(value)
        if value in seen:
            raise broken(f"{quoted(str(value))} is listed twice")
        seen.add(value)
    return values


def _backoff(value: Any) -> Any:
    """A number is the base; the cap grows with it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"base": value, "cap": max(value, BackoffKeys.model_fields["cap"].default)}
    return value


Needs: TypeAlias = Annotated[
    dict[str, Literal["join", "succeeded", "skipped-ok", "any"]],
    BeforeValidator(_needs),
    WithJsonSchema(
        {
            "anyOf": [
                _ID,
                {"type": "array", "items": _ID},
                {"type": "object", "additionalProperties": {"enum": _WANTED}},
            ]
        }
    ),
]

Isolation: TypeAlias = Literal["none", "private"]


class BackoffKeys(Keys):
    """The wait before a retry, in seconds."""

    base: Seconds = 1.0
    cap: Seconds = 30.0
    factor: Annotated[float, Field(ge=1, le=100)] = 2.0

    @model_validator(mode="after")
    def _cap_above_base(self) -> Self:
        if self.cap < self.base:
            raise broken("cap is less than base", "raise cap, or leave it out")
        return self


_BACKOFF_SCHEMA: Any = {"anyOf": [{"type": "number", "minimum": 0}, {DEFINITION: "BackoffKeys"}]}


RetriedKinds: TypeAlias = Annotated[
    list[Literal["validation", "format", "timeout", "transient", "conflict"]], Field(min_length=1)
]


class RetryKeys(Keys):
    """What is tried again."""

    max_attempts: Annotated[int, Field(ge=1, le=1000)] = 1
    on: RetriedKinds = ["validation", "format", "timeout"]
    backoff: Annotated[BackoffKeys, BeforeValidator(_backoff), WithJsonSchema(_BACKOFF_SCHEMA)] = BackoffKeys()


class FlowKeys(Keys):
    """When a node runs and what its failure means."""

    if_: Condition = ""
    join: Annotated[Join, Field(strict=False)] = Join.ALL_SUCCEEDED
    continue_on_error: bool = False


class EnvKeys(Keys):
    """Environment of a command."""

    env: dict[EnvName, EnvValue] = {}


class ShellKeys(Keys):
    """How a command is started."""

    shell: Constant = "bash"
    working_directory: Template = ""


class AgentRetryKeys(RetryKeys):
    """What a model is asked again for."""

    max_attempts: Annotated[int, Field(ge=1, le=1000)] = 3
    on: RetriedKinds = ["validation", "format", "timeout", "conflict"]
    backoff: Annotated[BackoffKeys, BeforeValidator(_backoff), WithJsonSchema(_BACKOFF_SCHEMA)] = BackoffKeys(base=0.0)
    escalate: Annotated[int, Field(ge=0, le=1000)] = 1
    feedback: Literal["diagnostics", "none"] = "diagnostics"


class BoundKeys(Keys):
    """How work is bounded and repeated."""

    timeout_minutes: Minutes = 0.0
    retry: RetryKeys = RetryKeys()
    pool: Ids = []


class WorkKeys(BoundKeys):
    """How a command's work is bounded, repeated and kept apart."""

    idle_minutes: Minutes = 0.0
    cache: Literal["auto", "never", "always-run"] = "auto"
    reads: Globs = []
    writes: Globs = []
    isolation: Isolation = "none"


class StrategyKeys(Keys):
    """GitHub's matrix."""

    matrix: Annotated[Any, WithJsonSchema({"type": ["object", "string"], "minProperties": 1, "minLength": 1})]
    fail_fast: bool = True
    max_parallel: Count = 0


class SpreadKeys(Keys):
    """One child for each item of a list."""

    foreach: Annotated[Any, WithJsonSchema({"type": ["array", "string"]})] = None
    as_: Id = "item"
    key: Template = ""
    max_parallel: Count = 0
    fail_fast: bool = False
    min_success: Annotated[int, Field(ge=0, le=1_000_000_000)] = -1
    strategy: StrategyKeys | None = None


class OutputKeys(Keys):
    """Named results."""

    outputs: dict[Id, Template] = {}


class NodeKeys(FlowKeys, SpreadKeys):
    """The keys of every node; each kind adds ``kind`` itself."""

    name: PlainText = ""
    needs: Needs = {}


class DefaultKeys(FlowKeys, EnvKeys, ShellKeys, WorkKeys):
    """What ``defaults`` may hold: merged under each node whose kind knows the key."""

    retry: AgentRetryKeys = AgentRetryKeys()
    tier: Tier = TierKeys()
    max_iterations: Annotated[int, Field(ge=1, le=1000)] = 10


class InputKeys(Keys):
    """One declared input."""

    type: Literal["string", "number", "boolean", "json"] = "string"
    required: bool = False
    default: Annotated[Any, AfterValidator(refuse_expressions), WithJsonSchema({})] = None
    description: PlainText = ""
    enum: Annotated[list[Any], Field(min_length=1), AfterValidator(_enum), WithJsonSchema(_ENUM)] = []


class LimitKeys(Keys):
    """Caps of one run; a cap that is left out does not apply, except nodes and depth."""

    usd: Annotated[float, Field(gt=0, le=1_000_000_000)] = 0.0
    tokens: Count = 0
    minutes: Minutes = 0.0
    nodes: Count = 10_000
    depth: Annotated[int, Field(ge=1, le=100)] = 8
    attempts: Count = 0


class WorkflowKeys(Keys):
    """The top level of a workflow file."""

    version: Literal[1] = 1
    name: PlainText = ""
    description: PlainText = ""
    inputs: dict[Id, InputKeys] = {}
    env: dict[EnvName, EnvValue] = {}
    vars: dict[
        Id, Annotated[Any, AfterValidator(refuse_expressions), WithJsonSchema({"description": "any constant"})]
    ] = {}
    defaults: DefaultKeys = DefaultKeys()
    limits: LimitKeys = LimitKeys()
    max_parallel: Count = 0
    fail_fast: bool = False
    pools: dict[Id, Count] = {}
    report: dict[Literal["json", "junit", "markdown"], Constant] = {}
    isolation: Isolation = "none"
    outputs: dict[Id, Template] = {}
    nodes: Annotated[Any, WithJsonSchema(NODES)] = None
    jobs: Annotated[Any, WithJsonSchema(NODES)] = None
