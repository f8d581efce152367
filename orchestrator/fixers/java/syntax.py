"""What Java demands of a text, where the message says what is missing."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.datafile import data
from orchestrator.fixers.java.symbols import renamed
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import insert_line, line_at, offset
from orchestrator.fixers.templates import Scene, rows

_END = ";"
_WORDS = frozenset(str(data("java")["keywords"]).split())


def missing(scene: Scene) -> Iterator[Suggestion]:
    """``';' expected`` and the like: behind the last code at the place, or on the line."""
    token = scene.match["token"]
    start = offset(scene.text, scene.finding.line)
    end = start + len(line_at(scene.text, scene.finding.line).split("//")[0].rstrip())
    here = start + max(0, scene.finding.column - 1)
    first = end if token == _END else here
    for rank, place in enumerate(dict.fromkeys((first, here, min(here + 1, end)))):
        edit = Edit(scene.file, place, place, token)
        yield scene.suggestion(edit, message=f"add `{token}`", rank=20 + rank, source="missing token")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """``reached end of file while parsing``."""
    found = [*unclosed(scene.text), (scene.text.count("\n") + 1, "")]
    for rank, (line, indent) in enumerate(found):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="unclosed block")


def quote(scene: Scene) -> Iterator[Suggestion]:
    """``unclosed string literal``: before the brackets that close the line."""
    place = offset(scene.text, scene.finding.line) + len(scene.line.rstrip().rstrip(");,"))
    yield scene.suggestion(Edit(scene.file, place, place, '"'), message="end the text", source="unclosed text", rank=20)


def quotes(scene: Scene) -> Iterator[Suggestion]:
    """``unclosed character literal``: a text in single quotes."""
    start = offset(scene.text, scene.finding.line)
    for match in re.finditer(r"'((?:[^'\\\"]|\\.){2,})'", scene.line):
        edit = Edit(scene.file, start + match.start(), start + match.end(), f'"{match[1]}"')
        yield scene.suggestion(edit, message="put the text into double quotes", rank=15, source="single quotes")


def keyword(scene: Scene) -> Iterator[Suggestion]:
    """``not a statement``: the keyword that the line begins with is misspelled."""
    if match := re.match(r"\s*(?P<name>[a-z]+)\b", scene.line):
        others = [] if match["name"] in _WORDS else near_misses(match["name"], _WORDS)
        yield from renamed(scene, match["name"], others=others, line=scene.finding.line)


TABLE = rows(
    (r"^'(?P<token>[;)\]])' (?:or .* )?expected", missing),
    (r"(?:reached end of file while parsing|illegal start of (?:expression|type))", closing_brace),
    (r"^unclosed string literal", quote),
    (r"^unclosed character literal", quotes),
    (r"^(?:not a statement|<identifier> expected|class, interface, enum)", keyword),
)
