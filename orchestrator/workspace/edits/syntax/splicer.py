"""Takes a block of any language that has a grammar into a file, and looks at what comes out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.errors import EditError, EditMissError, ReplyError
from orchestrator.workspace.edits.lines import end_of, rewritten
from orchestrator.workspace.edits.syntax.examples import is_example, is_guard
from orchestrator.workspace.edits.syntax.grammar import COMMENTS, Grammar, Kind
from orchestrator.workspace.edits.syntax.imports import statements
from orchestrator.workspace.edits.syntax.items import DEFINING, Item, items_of, walk
from orchestrator.workspace.edits.syntax.layout import apply_changes
from orchestrator.workspace.edits.syntax.source import Source, faults, parse
from orchestrator.workspace.edits.syntax.splice import covers, spliced
from orchestrator.workspace.edits.syntax.twins import SEND_INSTEAD

_BOM = "\ufeff"
_LARGEST = 2_000_000
"""Characters; what is larger is no file to be spliced."""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class SyntaxSplicer:
    """The row of one grammar (see :class:`orchestrator.workspace.edits.splicing.Splicer`)."""

    grammar: Grammar

    def names_in(self, lines: Sequence[str]) -> frozenset[str] | None:
        """The functions, methods and types of a block; ``None`` where it does not parse."""
        try:
            block = _block("\n".join(lines), self.grammar, beside=None)
        except RecursionError:
            return None
        if block is None:
            return None
        return frozenset(name for _, item in walk(block[1]) if item.kind in DEFINING for name in item.names)

    def splice(self, before: str, lines: Sequence[str]) -> str | None:
        """The text of ``before`` after taking in a block, as the whole file if that loses nothing."""
        try:
            return self._splice(before, lines)
        except RecursionError:
            raise ReplyError("the block or the file is nested too deeply to be spliced") from None

    def _splice(self, before: str, lines: Sequence[str]) -> str | None:
        text = before.removeprefix(_BOM)
        if len(text) > _LARGEST or sum(map(len, lines)) > _LARGEST:
            return None
        old = parse(_bytes(text), self.grammar)
        block = _block("\n".join(lines), self.grammar, beside=old)
        if block is None:
            what = f"the block does not parse as {self.grammar.name}"
            raise ReplyError(what, hint="send complete functions, types or the whole file")
        new, pieces = block
        items = items_of(old)
        if not faults(old) and _is_whole(old, items, new=new, block=pieces):
            return rewritten(lines, before)
        try:
            result = apply_changes(old, spliced(old, new, items=items, block=pieces), end=end_of(text).encode())
            _refuse_damage(old, items, result=result)
        except EditError:
            if faults(old):
                return None
            raise
        return before[: len(before) - len(text)] + result.decode("utf-8", "surrogatepass")


def _block(text: str, grammar: Grammar, *, beside: Source | None) -> tuple[Source, tuple[Item, ...]] | None:
    """A block and its pieces, methods without their class included; ``None`` where it does not parse.

    What does not parse in the file ``beside`` it either is no fault of the block.
    """
    known = faults(beside) if beside else Counter[str]()
    headers = beside.text if beside else b""
    source = parse(_bytes(text), grammar)
    if not faults(source, headers=headers) - known:
        return source, items_of(source)
    if grammar.frame is None:
        return None
    framed = parse(_bytes("\n".join((grammar.frame[0], text, grammar.frame[1]))), grammar)
    items = items_of(framed)
    if faults(framed, headers=headers) - known or len(items) != 1 or not items[0].members:
        return None
    return framed, items[0].members


def _comments(source: Source) -> set[str]:
    """The lines of all comments that stand in no definition: who may run the file, whose it is, what is what."""
    nodes = [node for node in source.root.children if node.type in COMMENTS]
    texts = (source.text[node.start_byte : node.end_byte].decode(errors="replace") for node in nodes)
    return {line.strip() for text in texts for line in text.split("\n")}


def _is_whole(old: Source, items: Sequence[Item], *, new: Source, block: Sequence[Item]) -> bool:
    """Whether the block can be the file: nothing gets lost, and no example of use gets in."""
    known = {item.text for item in items}
    wanted = {item.text for item in items if not item.names and item.kind is not Kind.IMPORT}
    language = old.grammar.name
    lacks_imports = set(statements(items, language)) - set(statements(block, language))
    strange = [item for item in block if item.text not in known]
    has_guard = any(is_guard(item) for item in items)
    has_examples = any(is_example(item, block, source=new) or (is_guard(item) and not has_guard) for item in strange)
    keeps = wanted <= {item.text for item in block} and not (lacks_imports and not _imports(block))
    return bool(items) and keeps and covers(block, items) and not has_examples and _comments(old) <= _comments(new)


def _imports(items: Sequence[Item]) -> bool:
    return any(item.kind is Kind.IMPORT for item in items)


def _slots(items: tuple[Item, ...]) -> set[tuple[str, ...]]:
    return {(*(part.title for part in path), item.title) for path, item in walk(items) if item.names}


def _doubled(items: tuple[Item, ...]) -> set[str]:
    """The methods of C++ that have a body in their class and one outside of it."""
    functions = [(path, item.names[0]) for path, item in walk(items) if item.kind is Kind.FUNCTION]
    inside = {f"{path[-1].title}::{name}" for path, name in functions if path}
    return {name for _, name in functions if name in inside}


def _refuse_damage(old: Source, items: tuple[Item, ...], *, result: bytes) -> None:
    """What came out has to parse as well as what went in, and to hold all that it held.

    Raises:
        EditMissError: it does not.
    """
    after = parse(result, old.grammar)
    worse = faults(after) - faults(old)
    if worse:
        raise EditMissError(
            f"the result would not parse at {next(iter(worse))[:80]!r}", hint="send a SEARCH/REPLACE block"
        )
    pieces = items_of(after)
    lost = _slots(items) - _slots(pieces)
    if lost:
        raise EditMissError(f"the result would lose {min(lost)[-1]}", hint=SEND_INSTEAD)
    doubled = _doubled(pieces) - _doubled(items)
    if doubled and old.grammar.has_overloads:
        raise EditMissError(f"{min(doubled)!r} would have a body in its class and one outside", hint=SEND_INSTEAD)
