"""Adds to a file the imports that a block brings along and the file lacks."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import Item
from orchestrator.workspace.edits.syntax.layout import Change
from orchestrator.workspace.edits.syntax.source import Source

_NAMED = re.compile(
    r"^import (?P<type>type )?(?:(?P<default>\w+) ?(?:, ?)?)?(?:\{(?P<names>[^}]*)\} )?from (?P<of>\S+?);?$"
)
_SPEC = re.compile(r"(?:^import |[(;] ?|(?<=[\"`]) )([\w.]+ )?([\"`][^\"`]+[\"`])")


def _branches(text: str) -> Iterator[str]:
    """The parts of ``{a, b::{c, d}}``, commas inside of braces left alone."""
    depth, part = 0, ""
    for char in text:
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += char
    yield part.strip()


def _paths(tree: str) -> Iterator[str]:
    """Each path of a ``use`` tree of Rust by itself."""
    head, brace, rest = tree.partition("{")
    if not brace or not rest.rstrip().endswith("}"):
        yield tree.strip()
        return
    for branch in _branches(rest.rstrip()[:-1]):
        for path in _paths(branch) if branch else ():
            yield head.strip() + path


def _single(text: str, language: str) -> tuple[str, ...]:
    """One import as statements that import one thing each."""
    if language == "Rust" and text.startswith("use "):
        return tuple(f"use {path};" for path in _paths(text.removeprefix("use ").removesuffix(";")))
    if language == "Go":
        return tuple(f"import {alias}{path}" for alias, path in _SPEC.findall(text)) or (text,)
    match = _NAMED.match(text) if language in {"JavaScript", "TypeScript", "TSX"} else None
    if match is None:
        return (text if language in {"C", "C++"} else text.removesuffix(";") + (";" * (language != "Go")),)
    word, origin = f"import {match['type'] or ''}", match["of"]
    names = [name.strip() for name in (match["names"] or "").split(",") if name.strip()]
    default = [f"{word}{match['default']} from {origin};"] if match["default"] else []
    return (*default, *(f"{word}{{ {name} }} from {origin};" for name in names)) or (text,)


def _bound(statement: str, language: str) -> str:
    """The name that a statement importing one thing binds; ``""`` where that cannot be told."""
    if language not in {"JavaScript", "TypeScript", "TSX", "Rust"} or statement.endswith("*;"):
        return ""
    clause = statement.partition(" from ")[0]
    words = re.findall(r"\w+", clause)
    return words[-1] if words and (" from " in statement or language == "Rust") else ""


def statements(items: Sequence[Item], language: str) -> dict[str, str]:
    """What ``items`` import, one thing each, in order: key -> statement; the key does not tell quotes apart."""
    found = (part for item in items if item.kind is Kind.IMPORT for part in _single(item.text, language))
    return {part.replace('"', "'"): part for part in found}


def _opens(item: Item) -> bool:
    """Whether ``item`` has to stand above every import: the package, ``#![...]``, ``'use strict'``."""
    is_directive = item.kind is Kind.OTHER and item.text[:1] in {"'", '"'}
    return item.kind is Kind.PROLOGUE or item.node.type == "inner_attribute_item" or is_directive


def _place(items: Sequence[Item], source: Source) -> int:
    """Offset of the line where imports go: behind the first run of them, else behind what opens the file, else on top.

    A comment in the first line is the file's (a licence), not that of the code below it.
    """
    heads = [item for item in items if item.kind is Kind.IMPORT] or list(takewhile(_opens, items))
    if heads:
        end = source.text.find(b"\n", heads[-1].stop - 1)
        return end + 1 if end >= 0 else len(source.text)
    first = items[0] if items else None
    if first is None:
        return len(source.text)
    return source.line_start(first.lead or first.start)


def import_changes(old: Sequence[Item], new: Sequence[Item], *, source: Source) -> list[Change]:
    """What to insert so that the file has the imports of ``new``, too.

    Raises:
        ReplyError: the file has one of the names from somewhere else.
    """
    language = source.grammar.name
    known = statements(old, language)
    missing = [part for key, part in statements(new, language).items() if key not in known]
    if not missing:
        return []
    taken = {name: part for part in known.values() if (name := _bound(part, language))}
    for part in missing:
        name = _bound(part, language)
        if name and taken.get(name, part) != part:
            what = f"the block imports {name!r}, which the file has from elsewhere"
            raise ReplyError(what, hint="send a SEARCH/REPLACE block, or the whole file with its path")
    at = _place(old, source)
    has_head = any(item.kind is Kind.IMPORT for item in old)
    gap = "" if has_head or source.text[at : at + 1] in {b"", b"\r", b"\n"} else "\n"
    text = "".join(f"{part}\n" for part in missing) + gap
    before = "\n" if at and (not source.text[:at].endswith(b"\n") or (not has_head and not gap)) else ""
    return [Change(at, at, (before + text).encode())]
