"""The rule for messages of rustc that carry no suggestion."""

import re
from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.places import indent_of, insert_line, line_at, offset
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import Scene, proposals, rows

_WIDTHS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "u128": 128, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "i128": 128}
_TYPE = r"[iu](?:8|16|32|64|128)|f32|f64"


def widened(scene: Scene) -> Iterator[Suggestion]:
    """Two widths of integers meet: the narrower one is converted, where no value can be lost."""
    wide, narrow = scene.match["wide"], scene.match["narrow"]
    if not _fits(narrow, wide):
        return
    start = offset(scene.text, scene.finding.line)
    begin = max(0, scene.finding.column - 1)
    for rank, match in enumerate(re.finditer(r"(?<![\w.])[a-z_]\w*(?:\.\w+)*(?![\w(!])", scene.line)):
        if match.end() > begin and match[0] not in {"let", "mut", "return", "if", "as"}:
            edit = Edit(scene.file, start + match.start(), start + match.end(), f"{wide}::from({match[0]})")
            yield scene.suggestion(edit, message=f"convert it to `{wide}`", rank=30 + rank, source="type mismatch")


def _fits(narrow: str, wide: str) -> bool:
    """As the ``From`` implementations of the standard library."""
    if narrow not in _WIDTHS or wide not in _WIDTHS:
        return (narrow, wide) == ("f32", "f64")
    is_same_sign = narrow[0] == wide[0] or (narrow[0], wide[0]) == ("u", "i")
    return is_same_sign and _WIDTHS[narrow] < _WIDTHS[wide]


def ok_at_end(scene: Scene) -> Iterator[Suggestion]:
    """A function that may fail ends without a value: ``Ok(())`` where its success has none."""
    if not re.search(r"->\s*(?:[\w:]+::)?(?:Result<\(\)|Result\s*(?:where|\{|$)|io::Result<\(\)>)", scene.line):
        return
    indent = indent_of(scene.line)
    number = scene.finding.line + 1
    last = scene.text.count("\n") + 1
    while number <= last and line_at(scene.text, number).rstrip() != f"{indent}}}":
        number += 1
    if number <= last:
        edit = insert_line(scene.text, scene.file, line=number, new=f"{indent}    Ok(())")
        yield scene.suggestion(edit, message="end with `Ok(())`", rank=20, source="missing result")


TABLE = rows(
    (rf"cannot (?:add|subtract) `(?P<narrow>{_TYPE})` (?:to|from) `(?P<wide>{_TYPE})`", widened),
    (rf"cannot (?:multiply|divide) `(?P<wide>{_TYPE})` by `(?P<narrow>{_TYPE})`", widened),
    (r"mismatched types", ok_at_end),
)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding."""
    return proposals(diagnosis, TABLE, suffixes=(".rs",))


RULE = Rule(name="rust", propose=propose)
