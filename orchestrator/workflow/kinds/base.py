"""What a kind of node is to the compiler: its keys, and how they become a node's own part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import NodeKeys
from orchestrator.workflow.visible import Names, Visible

K = TypeVar("K", bound=NodeKeys)


@dataclass(frozen=True, slots=True)
class Graph:
    """Compiled nodes, and which outputs each has."""

    nodes: tuple[NodeSpec, ...] = ()
    outputs: Mapping[str, Names] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a node is written, and what its kind may ask for.

    Attributes:
        place: of the node.
        visible: what its texts see when it runs.
        nodes: compiles the mapping of nodes at a place, given what they inherit, one level deeper.
        call: the workflow that the text of ``uses`` at a place names; ``None`` where there is none (noted).
    """

    place: Place
    visible: Visible
    nodes: Callable[[Place, Visible], Graph]
    call: Callable[[Place, str], Plan | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a kind makes of its keys.

    Attributes:
        body: for the kind's handler; JSON.
        children: the node's sub-graph.
        env: variables beside those that the author wrote.
        contexts: what the node's ``outputs`` see beside what its other texts see.
        outputs: of the children, by id, for ``nodes`` in those contexts.
    """

    body: Mapping[str, JsonValue] = field(default_factory=dict)
    children: tuple[NodeSpec, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Names] = field(default_factory=dict)
    outputs: Mapping[str, Names] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[K]):
    """A row of the table of kinds.

    Attributes:
        name: what ``kind:`` says.
        keys: the model of its keys.
        sign: the key that tells the kind where ``kind:`` is left out; ``""`` where none does.
        compile: checks what the model cannot, and makes the parts.
        edits: whether its nodes change files: then the whole workflow works in a copy of its own.
        outputs: those that every node of the kind has; ``None`` where a node may have any.
    """

    name: str
    keys: type[K]
    compile: Callable[[K, Site], Parts]
    sign: str = ""
    outputs: Names = None
    edits: bool = False
