"""A node as the executor gets it: checked, defaults filled in, expressions still text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.retry import RetryPolicy


class Join(StrEnum):
    """Which ends of its needs let a node start. It is decided once all of them have ended."""

    ALL_SUCCEEDED = "all-succeeded"
    NONE_FAILED = "none-failed"
    ONE_SUCCEEDED = "one-succeeded"
    ALL_DONE = "all-done"


class Wanted(StrEnum):
    """What a node wants of one of its needs, where ``needs`` is a map; it overrides ``join`` for that need."""

    JOIN = "join"
    SUCCEEDED = "succeeded"
    SKIPPED_OK = "skipped-ok"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreach:
    """One child for each item of a list.

    Attributes:
        items: expression for a list; where ``name`` is ``matrix`` it may also yield GitHub's matrix object
            (axes, ``include``, ``exclude``), which is expanded into its combinations.
        name: what an item is called in expressions: ``item``, another name (``as``), or ``matrix``.
        key: template for an item's stable id; ``""`` means its 0-based index.
        max_parallel: how many children run at once; 0 means as many as the run allows.
        fail_fast: the first failed child stops its siblings.
        min_success: how many children must succeed; -1 means all that are not tolerated.
    """

    items: str
    name: str = "item"
    key: str = ""
    max_parallel: int = 0
    fail_fast: bool = False
    min_success: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """One node of a plan.

    Attributes:
        id: unique in the run (see :mod:`orchestrator.domain.ids`).
        kind: a row of the table of kinds; ``body`` holds that kind's own keys, already checked.
        needs: id of each need -> what is wanted of it; insertion order is the author's.
        condition: the expression of ``if``, without ``${{ }}``; ``""`` means ``success()``.
        timeout: seconds for one attempt; 0 means none.
        idle_timeout: seconds without a byte of output; 0 means none.
        pools: the named pools of which one attempt takes one slot each.
        env: name -> template. outputs: name -> template, evaluated when the node's work has ended.
        scope: contexts that an expansion fixed for this child (``item``, ``matrix``, ``loop``; in a called
            workflow its own ``inputs``, ``env`` and ``vars``); they hide the run's contexts of the same name.
        reads, writes: globs, for conflict scheduling and enforcement.
        cache: ``auto``, ``never`` or ``always-run``.
        children: the sub-graph that this node adds when it runs (a loop's body, a called workflow), as a
            template: ids and needs are relative to it.
        line: 1-based line in the workflow file; 0 where there is none.
    """

    id: NodeId
    kind: str
    name: str = ""
    needs: Mapping[NodeId, Wanted] = field(default_factory=dict)
    join: Join = Join.ALL_SUCCEEDED
    condition: str = ""
    timeout: float = 0.0
    idle_timeout: float = 0.0
    retry: RetryPolicy = RetryPolicy()
    pools: tuple[str, ...] = ()
    continue_on_error: bool = False
    foreach: Foreach | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(default_factory=dict)
    scope: JsonObject = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    cache: str = "auto"
    children: "tuple[NodeSpec, ...]" = ()
    line: int = 0

    MAX_ID: ClassVar[int] = 400
    """Longest id that an expansion may make; deeper nesting is refused."""
