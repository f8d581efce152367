"""Splices a block into a file: the definitions that it redefines, by name.

What the block has besides is either needed (imports, new helpers, new constants: added), or no part of a definition (a
``main`` that the file lacks, examples of use behind the last definition: left out), or else a reason to refuse the
block: nothing is guessed.
"""

from collections import Counter
from collections.abc import Sequence

from orchestrator.errors import EditMissError, ReplyError
from orchestrator.workspace.edits.languages import language_of
from orchestrator.workspace.edits.syntax.examples import is_example, is_guard
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.imports import import_changes
from orchestrator.workspace.edits.syntax.items import DEFINING, Item
from orchestrator.workspace.edits.syntax.layout import Change, moved
from orchestrator.workspace.edits.syntax.level import Level
from orchestrator.workspace.edits.syntax.source import Source
from orchestrator.workspace.edits.syntax.twins import SEND_INSTEAD, candidates, twin_of

_STEP = b"    "
_PASSIVE = frozenset({Kind.IMPORT, Kind.PROLOGUE})


def covers(new: Sequence[Item], old: Sequence[Item]) -> bool:
    """Whether ``new`` has all that ``old`` has, in types and scopes as well: it can take its place."""
    wanted = Counter(item.slot for item in old if item.names)
    if wanted - Counter(item.slot for item in new if item.names):
        return False
    return all(
        any(twin.slot == item.slot and covers(twin.members, item.members) for twin in new)
        for item in old
        if item.members
    )


def _holds_code(item: Item) -> bool:
    return any(member.kind in DEFINING for member in item.members)


def _head(item: Item) -> tuple[int, int]:
    """From the start of a type, without what is around it, to behind the brace that opens it."""
    return item.inner, item.body[0] if item.body else item.inner


def _header_change(level: Level, twin: Item, *, item: Item) -> list[Change]:
    """The new head of a type; a head that says less than the file's is short for it."""
    (start, stop), (first, last) = _head(twin), _head(item)
    there, here = level.old.text[start:stop].split(), level.new.text[first:last].split()
    if not Counter(here) - Counter(there):
        return []
    return [Change(start, stop, moved(level.new, (first, last), indent=level.old.indent(twin.lead)))]


def _merge(level: Level, twin: Item, *, item: Item) -> None:
    """Splice the members of what the block shows only a part of."""
    assert twin.body is not None
    level.changes += _header_change(level, twin, item=item) if twin.kind is Kind.TYPE else []
    own = [member for member in twin.members if member.names]
    indent = level.old.indent(own[0].lead) if own else level.old.indent(twin.lead) + _STEP
    inner = Level(
        level.old, level.new, items=twin.members, block=item.members, indent=indent, limit=twin.body[1],
        fallback=own[-1].stop if own else twin.body[0], is_member=True,
    )  # fmt: skip
    splice_level(inner)
    level.changes += inner.changes


def _refuse_loss(level: Level, twin: Item, *, item: Item) -> None:
    """Where a definition does not parse, its end is not certain: what it holds must be in the block as well."""
    if not twin.node.has_error:
        return
    language = language_of(f"x{min(level.old.grammar.suffixes)}")
    lost = language.names_in(level.old.text[twin.start : twin.stop].decode("utf-8", "replace"))
    lost -= language.names_in(level.new.text[item.start : item.stop].decode("utf-8", "replace"))
    if lost:
        what = f"the file does not parse at {item.title!r}, so its end cannot be told"
        raise EditMissError(what, hint=SEND_INSTEAD)


def _define(level: Level, item: Item) -> None:
    standing = [other for other in level.block if other.slot == item.slot]
    twins = candidates(level.items, item, is_member=level.is_member)
    found = twin_of(item, standing, twins=twins, source=level.old)
    if found is None:
        if not level.is_member and is_guard(item) and len(level.block) > 1:
            return
        level.add(item)
        return
    level.meet(found.around)
    twin = found.item
    is_part = item.kind is Kind.SCOPE or (_holds_code(twin) and not covers(item.members, twin.members))
    if is_part and twin.body is not None and item.body is not None:
        _merge(level, twin, item=item)
    else:
        _refuse_loss(level, twin, item=item)
        level.replace(twin, item)


def _reopened(level: Level, item: Item) -> bool:
    """Splice a scope that the file opens several times; whether that is so."""
    parts = [old for old in level.items if old.slot == item.slot and old.body is not None]
    if item.kind is not Kind.SCOPE or len(parts) < 2:  # noqa: PLR2004 - one is the usual case
        return False
    for part in parts:
        level.meet(part)
    members = [member for part in parts for member in part.members]
    indent = level.old.indent(members[0].lead) if members else _STEP
    limit = parts[-1].body[1] if parts[-1].body else len(level.old.text)
    inner = Level(
        level.old, level.new, items=members, block=item.members, indent=indent, limit=limit, is_member=True
    )  # fmt: skip
    splice_level(inner)
    level.changes += inner.changes
    return True


def _assign(level: Level, item: Item) -> None:
    """Put a value in the place of the file's own of these names, or add it."""
    twins = [old for old in level.items if old.slot == item.slot]
    names = {name for old in level.items if old.kind is Kind.VALUE for name in old.names}
    if len(twins) == 1:
        level.meet(twins[0])
        if twins[0].text != item.text:
            level.replace(twins[0], item)
    elif twins or names & set(item.names):
        raise EditMissError(
            f"the file binds {item.title!r} in several places, or together with others", hint=SEND_INSTEAD
        )
    else:
        level.add(item)


def _has_place(level: Level, item: Item) -> bool:
    """Whether ``item`` is no matter of this level: it imports, names the package, or the file has it."""
    if item.kind in _PASSIVE and not level.is_member:
        return True
    return any(old.text.rstrip("; ") == item.text.rstrip("; ") for old in level.items)


def _export(level: Level, item: Item) -> None:
    """An export is taken where the file has none.

    Raises:
        EditMissError: the file has others.
    """
    if any(old.kind is Kind.EXPORT or old.start < old.inner for old in level.items):
        raise EditMissError(f"the file exports in another way than {item.text[:80]!r}", hint=SEND_INSTEAD)
    level.add(item)


def _is_shown_use(level: Level, item: Item) -> bool:
    bound = {name for old in level.items for name in old.names}
    is_new = item.kind is Kind.VALUE and bound.isdisjoint(item.names)
    return is_new or is_guard(item) or is_example(item, level.block, source=level.new)


def tail_start(block: Sequence[Item]) -> int:
    """Index behind the last definition of a block, of one without any behind its last piece."""
    return max((index + 1 for index, item in enumerate(block) if item.kind in DEFINING), default=len(block))


def splice_level(level: Level) -> None:
    """Gather all changes of one level and of the types in it.

    Raises:
        EditMissError: a definition fits nowhere or in several places.
        ReplyError: the block holds what cannot be spliced.
    """
    tail = len(level.block) if level.is_member else tail_start(level.block)
    for index, item in enumerate(level.block):
        if item.kind in DEFINING:
            if not _reopened(level, item):
                _define(level, item)
        elif _has_place(level, item):
            continue
        elif item.kind is Kind.EXPORT:
            _export(level, item)
        elif item.kind is Kind.VALUE and index < tail:
            _assign(level, item)
        elif index < tail or not _is_shown_use(level, item):
            what = f"the block holds a statement of no function or type: {item.text[:80]!r}"
            raise ReplyError(what, hint=SEND_INSTEAD)
    level.finish()


def spliced(old: Source, new: Source, *, items: Sequence[Item], block: Sequence[Item]) -> list[Change]:
    """What to change in a file so that it takes in a block.

    Args:
        old: the file.
        new: the block.
        items: the pieces of the file.
        block: those of the block.

    Raises:
        EditMissError: a definition fits nowhere or in several places.
        ReplyError: the block holds what cannot be spliced.
    """
    level = Level(old, new, items=items, block=block, indent=b"", limit=len(old.text))
    splice_level(level)
    if level.is_untouched:
        raise EditMissError("the block redefines nothing that the file has", hint=SEND_INSTEAD)
    return [*import_changes(items, block, source=old), *level.changes]
