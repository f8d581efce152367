"""The rule for messages of tsc and Node.js that come without a fix."""

import re
from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.javascript.names import misspelled, undefined
from orchestrator.fixers.places import insert_line, offset, utf16
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import Scene, proposals, rows

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx")


def extension(scene: Scene) -> Iterator[Suggestion]:
    """``Did you mean './x.js'?`` of a relative import without its extension."""
    new = scene.match["new"]
    start = offset(scene.text, scene.finding.line)
    stem = re.escape(new.rpartition(".")[0])
    for match in re.finditer(rf"(?<=['\"]){stem}(?=['\"])", scene.line):
        edit = Edit(scene.file, start + match.start(), start + match.end(), new)
        yield scene.suggestion(edit, message=f"import from `{new}`", rank=10, source="import path")


def missing(scene: Scene) -> Iterator[Suggestion]:
    """``')' expected.``: at the place, or behind the last code before it."""
    token = scene.match["token"]
    here = offset(scene.text, scene.finding.line, column=scene.finding.column, width=utf16)
    for rank, place in enumerate(dict.fromkeys((here, len(scene.text[:here].rstrip())))):
        edit = Edit(scene.file, place, place, token)
        yield scene.suggestion(edit, message=f"add `{token}`", rank=20 + rank, source="missing token")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """``'}' expected.``: the message stands at the end of the file, the fault where the indentation says."""
    for rank, (line, indent) in enumerate(unclosed(scene.text)):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="unclosed block")


def quote(scene: Scene) -> Iterator[Suggestion]:
    """``Unterminated string literal.``: before the brackets that close the line."""
    code = scene.line.rstrip()
    mark = next((char for char in "\"'" if code.count(char) % 2), "")
    if mark:
        place = offset(scene.text, scene.finding.line) + len(code.rstrip(");,"))
        edit = Edit(scene.file, place, place, mark)
        yield scene.suggestion(edit, message="end the text", rank=20, source="unclosed text")


TABLE = rows(
    (r"Relative import paths need explicit file extensions.*Did you mean '(?P<new>[^']+)'", extension),
    (r"^'(?P<token>[)\],;:=]|=>)' expected", missing),
    (r"^'\}' expected", closing_brace),
    (r"^Unterminated string literal", quote),
    (r"^Cannot find name '(?P<name>[\w$]+)'", misspelled),
)
RUNTIME = rows((r"^(?:ReferenceError: )?'?(?P<name>[\w$]+)'? is not defined", undefined))
"""What an engine says when it runs a program that nobody has compiled."""


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding."""
    yield from proposals(diagnosis, TABLE, suffixes=_SUFFIXES)
    yield from proposals(diagnosis, RUNTIME, suffixes=(*_SUFFIXES, *_SCRIPTS))


RULE = Rule(name="javascript", propose=propose)
