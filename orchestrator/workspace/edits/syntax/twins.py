"""Finds what of a file a definition of a block stands for; several are told apart by their parameters or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.errors import EditMissError
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import Item, walk
from orchestrator.workspace.edits.syntax.source import Source

SEND_INSTEAD = "send a SEARCH/REPLACE block, or the whole file with its path in the fence's info string"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Twin:
    """``item`` of the file, and the piece of the level that holds it, or is it."""

    item: Item
    around: Item
    title: str


Twins: TypeAlias = Sequence[Twin]


def _here(items: Sequence[Item], slot: tuple[Kind, tuple[str, ...]]) -> list[Twin]:
    return [Twin(item, item, item.title) for item in items if item.slot == slot]


def _inside(items: Sequence[Item], slot: tuple[Kind, tuple[str, ...]]) -> list[Twin]:
    """Everything of that kind and name in the types and scopes of the file."""
    found = ((path, item) for path, item in walk(tuple(items)) if path and item.slot == slot)
    return [Twin(item, path[0], ".".join(part.title for part in (*path, item))) for path, item in found]


def candidates(items: Sequence[Item], item: Item, *, is_member: bool) -> list[Twin]:
    """What ``item`` may stand for, in order: beside it, else without its body, else inside of anything."""
    found = _here(items, item.slot)
    if not found and is_member and item.kind is Kind.FUNCTION:
        found = _here(items, (Kind.PROTOTYPE, item.names))
    if not found and not is_member and item.kind in {Kind.FUNCTION, Kind.PROTOTYPE, Kind.TYPE}:
        found = _inside(items, item.slot)
    return found


def ambiguous(item: Item, twins: Twins, *, source: Source) -> EditMissError:
    """The refusal that names every candidate."""
    named = ", ".join(f"{twin.title} in line {source.line_number(twin.item.start)}" for twin in twins[:_NAMED])
    more = ", ..." if len(twins) > _NAMED else ""
    return EditMissError(f"{item.title!r} could be {len(twins)} definitions: {named}{more}", hint=SEND_INSTEAD)


def twin_of(item: Item, standing: Sequence[Item], *, twins: Twins, source: Source) -> Twin | None:
    """The one of ``twins`` that ``item`` stands for; ``None`` where it is new.

    Args:
        item: a definition of the block.
        standing: it and those of the block that are named like it.
        twins: those of the file.
        source: the file.

    Raises:
        EditMissError: it could be several, or several of the block could be one.
    """
    if not twins:
        if len(standing) > 1 and not source.grammar.has_overloads:
            raise EditMissError(f"the block defines {item.title!r} {len(standing)} times", hint=SEND_INSTEAD)
        return None
    if len(twins) == len(standing) == 1:
        return twins[0]
    if source.grammar.has_overloads:
        exact = [twin for twin in twins if twin.item.parameters == item.parameters]
        alike = [other for other in standing if other.parameters == item.parameters]
        if len(exact) == len(alike) == 1:
            return exact[0]
        told = {other.parameters for other in standing}
        if not exact and len(alike) == 1 and all(twin.item.parameters in told for twin in twins):
            return None
    raise ambiguous(item, twins, source=source)
