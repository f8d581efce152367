"""What Go demands of a text, where the message says what is missing or the line shows what was meant."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.places import insert_line, line_at, offset, utf8
from orchestrator.fixers.templates import Scene, rows


def missing(scene: Scene) -> Iterator[Suggestion]:
    """A bracket or a comma is missing before the end of a line."""
    here = offset(scene.text, scene.finding.line, column=scene.finding.column, width=utf8)
    before = len(scene.text[:here].rstrip())
    for rank, token in enumerate((")", ",", "]", "}", " {")):
        edit = Edit(scene.file, before, before, token)
        yield scene.suggestion(edit, message=f"add `{token.strip()}`", rank=30 + rank, source="missing token")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """A block is not closed, which shows at the next function or at the end."""
    for rank, (line, indent) in enumerate(unclosed(scene.text)):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="unclosed block")


def equals(scene: Scene) -> Iterator[Suggestion]:
    """An assignment where a comparison is meant."""
    for line in (scene.finding.line, scene.finding.line + 1):
        text = line_at(scene.text, line)
        if match := re.search(r"\bif\s+[^=;{]*[^=!<>:]=(?!=)", text):
            place = offset(scene.text, line) + match.end()
            edit = Edit(scene.file, place, place, "=")
            yield scene.suggestion(edit, message="compare with `==`", rank=10, source="comparison")
            return


def joined(scene: Scene) -> Iterator[Suggestion]:
    """A brace, or ``else``, stands on a line of its own: it belongs behind the line above."""
    start = offset(scene.text, scene.finding.line)
    above = scene.text[:start].rstrip()
    is_brace = re.match(r"\s*\{\s*$", scene.line) and above and above[-1] not in "{};"
    is_else = re.match(r"\s*else\b", scene.line) and above.endswith("}")
    if is_brace or is_else:
        end = start + len(scene.line) - len(scene.line.lstrip())
        word = "{" if is_brace else "else"
        edit = Edit(scene.file, len(above), end, " ")
        yield scene.suggestion(edit, message=f"put `{word}` behind the line above", rank=10, source="line break")


def loop(scene: Scene) -> Iterator[Suggestion]:
    """``while`` of other languages."""
    if match := re.match(r"\s*(while)\b", scene.line):
        start = offset(scene.text, scene.finding.line)
        edit = Edit(scene.file, start + match.start(1), start + match.end(1), "for")
        yield scene.suggestion(edit, message="loop with `for`", rank=10, source="foreign syntax")


def of_package(scene: Scene) -> Iterator[Suggestion]:
    """``x := 1`` outside of a function."""
    if match := re.match(r"(?P<name>\w+)\s*(?P<sign>:?=)", scene.line):
        start = offset(scene.text, scene.finding.line)
        edits = [Edit(scene.file, start, start, "var ")]
        edits.append(Edit(scene.file, start + match.start("sign"), start + match.end("sign"), "="))
        message = f"declare `{match['name']}` with `var`"
        yield scene.suggestion(*edits, message=message, rank=10, source="missing declaration")


TABLE = rows(
    (r"(?:cannot use .* as value|cannot use assignment|expected boolean expression)", equals),
    (r"(?:unexpected semicolon or newline before \{|found 'else'|unexpected (?:keyword )?else)", joined),
    (r"(?:expected ';', found|unexpected name|at end of statement|unexpected literal)", loop),
    (r"(?:expected declaration, found|non-declaration statement outside function body)", of_package),
    (r"(?:unexpected \w+|expected '?[}{]|expected '\(', found \w+|expected operand, found)", closing_brace),
    (r"(?:syntax error|unexpected|expected '?[^ ]+'?,|missing ','|expected operand)", missing),
)
