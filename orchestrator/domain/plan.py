"""A whole workflow after checking: what a run executes, journals and resumes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import NodeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of one run. 0 means no cap, except where a default is given.

    Attributes:
        usd_micros: money, in millionths of a US dollar.
        tokens: of all models together. minutes: of wall clock.
        nodes: nodes that may ever exist in the run. depth: how deep expansions may nest.
        attempts: attempts of one node, whatever its own retry says.
    """

    usd_micros: int = 0
    tokens: int = 0
    minutes: float = 0.0
    nodes: int = 10_000
    depth: int = 8
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """One declared input. ``type`` is ``string``, ``number``, ``boolean`` or ``json``."""

    type: str = "string"
    required: bool = False
    default: JsonValue = None
    description: str = ""
    enum: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked workflow. Needs name nodes of the plan, ids are unique and the graph has no cycle.

    Attributes:
        source: the file as the user named it, for messages; ``""`` where there is none.
        nodes: in the author's order.
        pools: user-named pool -> slots.
        max_parallel: 0 means what the configuration says.
        report: format (``json``, ``junit``, ``markdown``, ...) -> file to write at the end.
        outputs: name -> template over ``needs`` of all nodes; what a calling workflow sees.
        isolation: ``none`` or ``private`` (architecture.md, section 5).
    """

    name: str
    nodes: tuple[NodeSpec, ...]
    source: str = ""
    description: str = ""
    inputs: Mapping[str, InputSpec] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    vars: JsonObject = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    max_parallel: int = 0
    fail_fast: bool = False
    pools: Mapping[str, int] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)
    isolation: str = "none"
