"""What the handler of a node kind is given, and what it may use of the outside."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, TypeVar

from orchestrator.domain.events import Answered, AttemptFailed, Event
from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.status import NodeStatus
from orchestrator.expressions import Scope, parse_template
from orchestrator.ports import CommandRunner, Person, ResultCache

EventT = TypeVar("EventT", bound=Event)

parsed = lru_cache(maxsize=4096)(parse_template)
"""The template of a text; the children of an expansion share theirs."""


async def nothing_to_wait_for() -> None:
    """Return at once: nothing is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The outside, as far as handlers may reach it.

    Attributes:
        runner: runs commands.
        workplace: a folder (absolute) in which commands run: the user's own, or a copy of what has landed so far.
        env: the environment that commands start from.
        scratch: absolute private directory for scripts and output files; removed after the run.
        person: answers gates; ``None`` where nobody is there.
        on_line: told ``(node, stream, line)`` for each line that a node's command prints.
        cache: remembers results of commands; ``None`` where nothing is remembered.
        record: tells an event of the node's own, for the journal and the report.
        durable: returns when everything told so far would survive a loss of power; to be awaited before an
            effect that reaches the outside.
    """

    runner: CommandRunner
    workplace: Callable[[], AbstractAsyncContextManager[str]]
    env: Mapping[str, str]
    scratch: str
    person: Person | None = None
    on_line: Callable[[NodeId, str, str], None] = lambda _node, _stream, _line: None
    cache: ResultCache | None = None
    record: Callable[[Event], object] = lambda _event: None
    durable: Callable[[], Awaitable[None]] = nothing_to_wait_for


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child of the last expansion ended. ``name`` is its key, or its id inside the sub-graph."""

    name: str
    status: NodeStatus
    outputs: JsonObject
    tolerated: bool
    reason: str

    @property
    def has_failed(self) -> bool:
        """Failed, was blocked or cancelled, and may not be overlooked."""
        return not self.tolerated and self.status in {NodeStatus.FAILED, NodeStatus.CANCELLED}

    @property
    def is_good(self) -> bool:
        """Succeeded, or failed where that was allowed; one that was skipped has done nothing."""
        return self.status == NodeStatus.SUCCEEDED or (self.tolerated and self.status == NodeStatus.FAILED)

    def context(self) -> JsonObject:
        """The child as expressions see it."""
        return {"result": str(self.status), "outputs": self.outputs}


@dataclass(frozen=True, slots=True)
class Task:
    """One step of one attempt at a node.

    Attributes:
        spec: the node.
        attempt: counts from 1.
        step: 0 at first, one higher after each expansion.
        notes: what the last expansion left for this step.
        children: of the last expansion, in order; empty at step 0.
        scope: the node's expression scope, with further contexts laid over it.
        services: the outside.
        answer: what a person has answered to the node's question since it was blocked.
        failures: the attempts that count before this one, oldest first.
        facts: what an earlier engine recorded of this very attempt before it died, oldest first.
    """

    spec: NodeSpec
    attempt: int
    step: int
    scope: Callable[[JsonObject], Scope]
    services: Services
    notes: JsonObject = field(default_factory=dict)
    children: tuple[ChildEnd, ...] = ()
    answer: Answered | None = None
    failures: tuple[AttemptFailed, ...] = ()
    facts: tuple[Event, ...] = ()

    def recall(self, kind: type[EventT]) -> EventT | None:
        """The last fact of ``kind``; ``None`` where there is none: it has to be brought about now."""
        return next((fact for fact in reversed(self.facts) if isinstance(fact, kind)), None)

    async def remember(self, event: Event) -> None:
        """Record a fact of this attempt; on disk when this returns."""
        self.services.record(event)
        await self.services.durable()

    def text(self, template: str, extra: JsonObject | None = None) -> JsonValue:
        """``template`` evaluated for this node.

        Raises:
            ExpressionError: it cannot be.
        """
        return parsed(template).evaluate(self.scope(extra or {}))

    def outputs(self, extra: JsonObject | None = None) -> dict[str, JsonValue]:
        """The node's declared outputs, evaluated now; ``{}`` where it declares none."""
        if not self.spec.outputs:
            return {}
        scope = self.scope(extra or {})
        return {name: parsed(template).evaluate(scope) for name, template in self.spec.outputs.items()}


Handler: TypeAlias = Callable[[Task], Awaitable[Outcome]]
"""Does one step of a node. Expected failures are :class:`Failed` values; an exception other than
:class:`ExpressionError` is a bug and ends the run."""
