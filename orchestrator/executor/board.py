"""What is known of every node: its spec, where it stands and what it put out. Read by expressions and joins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.status import NodeStatus
from orchestrator.executor.policy import NeedEnd
from orchestrator.executor.transitions import STATUS
from orchestrator.expressions import Scope
from orchestrator.task import ChildEnd


def local_name(node: NodeId) -> str:
    """The id as the author of the node's own (sub-)graph wrote it: what expressions call it."""
    return node.rpartition("/")[2]


@dataclass(slots=True)
class Board:
    """Nodes by number, in the machine's numbering.

    Attributes:
        phases: the machine's own list.
        contexts: the run's contexts (``inputs``, ``env``, ``vars``, ``run``); a node's scope hides them.
    """

    phases: Sequence[int]
    contexts: JsonObject
    specs: list[NodeSpec] = field(default_factory=list)
    numbers: dict[NodeId, int] = field(default_factory=dict)
    outputs: dict[int, JsonObject] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    is_stopping: Callable[[], bool] = lambda: False

    def add(self, spec: NodeSpec, parent: int | None = None) -> int:
        """Register ``spec``; returns its number. The caller has made sure that the id is new."""
        number = len(self.specs)
        self.specs.append(spec)
        self.numbers[spec.id] = number
        if parent is not None:
            self.parents[number] = parent
        return number

    def depth(self, number: int) -> int:
        """How many expansions lie above the node; 0 at top level."""
        depth = 0
        while (parent := self.parents.get(number)) is not None:
            number, depth = parent, depth + 1
        return depth

    def status(self, number: int) -> NodeStatus:
        """Where the node stands."""
        return STATUS[self.phases[number]]

    def is_tolerated(self, number: int) -> bool:
        """Whether the node failed and that was allowed."""
        return self.status(number) == NodeStatus.FAILED and self.specs[number].continue_on_error

    def need_ends(self, number: int) -> list[NeedEnd]:
        """How the node's needs stand, in the author's order."""
        ends = []
        for need, wanted in self.specs[number].needs.items():
            other = self.numbers[need]
            ends.append(NeedEnd(local_name(need), self.status(other), self.is_tolerated(other), wanted))
        return ends

    def child_end(self, number: int, name: str) -> ChildEnd:
        """How the node ended, as its parent sees it."""
        return ChildEnd(
            name=name,
            status=self.status(number),
            outputs=self.outputs.get(number, {}),
            tolerated=self.is_tolerated(number),
            reason=self.reasons.get(number, ""),
        )

    def scope(self, number: int, extra: JsonObject) -> Scope:
        """What expressions of the node see: the run's contexts, its own scope, its needs, then ``extra``."""
        needs: dict[str, JsonValue] = {}
        for need in self.specs[number].needs:
            other = self.numbers[need]
            needs[local_name(need)] = {"result": str(self.status(other)), "outputs": self.outputs.get(other, {})}
        contexts = {**self.contexts, **self.specs[number].scope, "needs": needs, **extra}
        return Scope(contexts=contexts, status=self._status_functions(number))

    def _status_functions(self, number: int) -> Mapping[str, Callable[..., bool]]:
        def selected(names: tuple[str, ...]) -> list[NeedEnd]:
            ends = {one.id: one for one in self.need_ends(number)}
            return [ends[name] for name in names] if names else list(ends.values())

        return {
            "success": lambda *names: all(one.is_good for one in selected(names)),
            "failure": lambda *names: any(one.is_bad for one in selected(names)),
            "always": lambda: True,
            "cancelled": self.is_stopping,
        }
