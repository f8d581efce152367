"""Which names expressions see at a place of a workflow file, and whether one uses a name that is not there.

A misspelt name is null when it is evaluated, and null equals 0 and the empty text; so names are checked when the file
is loaded, as far as they can be known by then. As in GitHub's language case does not count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from orchestrator.expressions import Expression, Reference
from orchestrator.workflow.place import Place
from orchestrator.workflow.tree import quoted

Names: TypeAlias = frozenset[str] | None
"""The names that are known to be there; ``None`` where that shows only when it runs."""

_NONE: Mapping[str, Names] = {}

RUN_FIELDS = frozenset({"id"})
RESULT_FIELDS = frozenset({"exit-code", "stdout", "stderr", "seconds"})
"""What ``run`` holds besides in the outputs of a command."""

LOOP_FIELDS = frozenset({"iteration", "no-progress"})
NODE_FIELDS = frozenset({"result", "outputs"})

STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})

CONTEXTS: Mapping[str, str] = {
    "env": "",
    "inputs": "",
    "item": "only a node with foreach has it, and not in its `if` or `foreach`",
    "loop": "only the nodes of a loop, its until, stop-if and outputs have it",
    "matrix": "only a node with strategy.matrix has it, and not in its `if` or `strategy`",
    "needs": "only nodes have it",
    "nodes": "only until, stop-if and outputs of a loop have it",
    "run": "",
    "vars": "",
}
"""Every context of this version, and where to find one that is not everywhere."""

TRUSTED = frozenset({"run", "loop", "matrix", "vars"})
"""The contexts whose values the author of the file decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What an expression at one place may use.

    Attributes:
        contexts: name -> the properties that it has.
        outputs: node id -> the outputs that it has; for ``needs`` and ``nodes``.
        trusted: the inputs whose values cannot be arbitrary text.
        status: whether the status functions may be called.
    """

    contexts: Mapping[str, Names] = field(default_factory=dict)
    outputs: Mapping[str, Names] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    status: bool = False

    def plus(self, contexts: Mapping[str, Names], *, outputs: Mapping[str, Names] = _NONE) -> "Visible":
        """With ``contexts`` laid over these, and the outputs of further nodes."""
        known = {**self.outputs, **outputs} if outputs else self.outputs
        return replace(self, contexts={**self.contexts, **contexts}, outputs=known, status=False)

    def only(self, contexts: Mapping[str, Names]) -> "Visible":
        """With ``contexts`` and no others, and no outputs of nodes."""
        return replace(self, contexts=contexts, outputs={}, status=False)

    def without(self, context: str) -> "Visible":
        """All but ``context``."""
        return replace(self, contexts={name: names for name, names in self.contexts.items() if name != context})

    def with_status(self) -> "Visible":
        """The same where status functions may be called."""
        return replace(self, status=True)

    def trusts(self, reference: Reference) -> bool:
        """Whether what ``reference`` yields is never text that somebody outside could choose."""
        context, *names = (name.lower() for name in reference.path)
        if context == "inputs":
            return bool(names) and names[0] in {name.lower() for name in self.trusted}
        return context in TRUSTED


def check_expression(expression: Expression, place: Place, *, visible: Visible) -> None:
    """Note every name in ``expression``, written at ``place``, that is not there."""
    for reference in expression.references():
        for what, hint in _faults(reference.path, place, visible=visible):
            place.note(what, hint, offset=reference.offset)
    if not visible.status and (called := sorted(STATUS_FUNCTIONS & expression.calls())):
        hint = "status functions belong in if, until and stop-if"
        place.note(f"{called[0]}() cannot be called here", hint, offset=expression.offset)
    needs = visible.contexts.get("needs") or frozenset()
    for node in expression.status_nodes():
        if not _find(node.path[0], needs):
            place.note(*_no_name("needs", node.path[0], place=place, visible=visible), offset=node.offset)


def _faults(path: tuple[str, ...], place: Place, *, visible: Visible) -> Iterator[tuple[str, str]]:
    context = path[0].lower()
    if context not in visible.contexts:
        yield _no_context(path[0], place, visible=visible)
        return
    names = visible.contexts[context]
    if len(path) == 1 or names is None:
        return
    if not (found := _find(path[1], names)):
        yield _no_name(context, path[1], place=place, visible=visible)
    elif context in ("needs", "nodes"):
        yield from _node_faults((context, found, *path[2:]), place, visible=visible)


def _node_faults(path: tuple[str, ...], place: Place, *, visible: Visible) -> Iterator[tuple[str, str]]:
    """What is wrong behind ``needs.NODE`` or ``nodes.NODE``."""
    context, node, *rest = path
    if rest and not _find(rest[0], NODE_FIELDS):
        yield f"{context}.{node} has no {quoted(rest[0])}", place.near(rest[0], NODE_FIELDS, noun="it has")
    elif len(rest) > 1 and rest[0].lower() == "outputs":
        known = visible.outputs.get(node)
        if known is not None and not _find(rest[1], known):
            what = f"the node {quoted(node)} has no output {quoted(rest[1])}"
            yield what, place.near(rest[1], known, noun="its outputs")


def _no_context(name: str, place: Place, *, visible: Visible) -> tuple[str, str]:
    if where := CONTEXTS.get(name.lower()):
        return f"the context {quoted(name)} is not available here", where
    return f"there is no context {quoted(name)} here", place.near(name, visible.contexts, noun="there are")


def _no_name(context: str, name: str, *, place: Place, visible: Visible) -> tuple[str, str]:
    names = visible.contexts.get(context) or frozenset()
    what = {
        "inputs": f"the input {quoted(name)} is not declared",
        "needs": f"there is no node {quoted(name)}" if _is_of_all(place) else f"{quoted(name)} is no need of this node",
        "nodes": f"the loop has no node {quoted(name)}",
    }.get(context, f"{context} has no {quoted(name)}")
    if context == "needs" and name in visible.outputs:
        return what, f"add {name} to its needs"
    return what, place.near(
        name, names, noun="its needs" if context == "needs" and not _is_of_all(place) else "there are"
    )


def _is_of_all(place: Place) -> bool:
    """Whether this is an output of the workflow, which sees every node."""
    return place.path[:1] == ("outputs",)


def _find(name: str, names: frozenset[str]) -> str:
    """The one of ``names`` that ``name`` means, case aside; ``""`` where there is none."""
    return name if name in names else _folded(names).get(name.lower(), "")


@lru_cache(maxsize=32)
def _folded(names: frozenset[str]) -> Mapping[str, str]:
    return {name.lower(): name for name in names}
