"""Suggestions of rustc and clippy, from their JSON diagnostics (rustc's ``--error-format=json``, cargo's messages).

Format: https://doc.rust-lang.org/rustc/json.html. A message's children carry spans with ``suggested_replacement``;
all spans of a child are one change, except where it offers several for one place.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.places import fingerprint_at, prefix, utf8
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import number, objects, rows, table, text

_CARGO = Probe(argv=("cargo", "check", "--offline", "--all-targets", "--message-format=json"))
_STUB = re.compile(r"\b(?:todo|unimplemented|panic)!\s*\(")
_SILENT = re.compile(r"prefix it with an underscore|#!?\[(?:allow|expect)\(|to (?:silence|suppress) ")
_RANKS: Sequence[tuple[re.Pattern[str], int, bool]] = (
    (re.compile(r"\.clone\(\)|cloning|clone the value"), 80, True),
    (re.compile(r"remove the (?:whole|unused)|unused"), 70, False),
    (re.compile(r"consider importing|add `use|import"), 15, False),
    (re.compile(r"similar name|did you mean"), 20, False),
    (re.compile(r"dereferenc|unwrap|expect\("), 60, True),
)
"""What a message or its new text says -> rank, and whether it is risky; the first that fits. Otherwise 30, likely."""
_KINDS = {"HasPlaceholders": Applicability.PLACEHOLDER, "Unspecified": Applicability.RISKY}


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each change that the compiler spells out; placeholders and silencing ones are marked as such."""
    for run in diagnosis.runs:
        for row in objects(run.text):
            message = row if row.get("$message_type") == "diagnostic" else table(row.get("message"))
            yield from _of_message(message, diagnosis)


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """Cargo is asked again where the judge had only text from it."""
    is_rust = any(one.tool in {"rustc", "cargo", "clippy"} for one in diagnosis.findings)
    has_json = any('"suggested_replacement"' in run.text for run in diagnosis.runs)
    return (_CARGO,) if is_rust and not has_json and "Cargo.toml" in diagnosis.texts else ()


RULE = Rule(name="rustc", propose=propose, probes=probes)


def _of_message(message: dict[str, Any], diagnosis: Diagnosis) -> Iterator[Suggestion]:
    spans = rows(message.get("spans"))
    own = next((span for span in spans if span.get("is_primary")), {})
    finding = fingerprint_at(diagnosis, text(own.get("file_name")), line=number(own.get("line_start")))
    for child in (message, *rows(message.get("children"))):
        for group in _changes([span for span in rows(child.get("spans")) if _is_change(span)]):
            edits = [_edit(span, diagnosis) for span in group]
            if edits and all(edits):
                known = tuple(edit for edit in edits if edit)
                yield _suggestion(known, group, words=_words(message, child), finding=finding)


def _is_change(span: dict[str, Any]) -> bool:
    return isinstance(span.get("suggested_replacement"), str)


def _words(message: dict[str, Any], child: dict[str, Any]) -> str:
    return text(child.get("message")) or text(message.get("message"))


def _changes(spans: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    """The spans of a child, by alternative: where one place occurs several times, each occurrence begins another."""
    if not spans:
        return []
    first = (spans[0].get("byte_start"), spans[0].get("byte_end"), spans[0].get("file_name"))
    begins = [
        place
        for place, span in enumerate(spans)
        if (span.get("byte_start"), span.get("byte_end"), span.get("file_name")) == first
    ]
    return [spans[begin:end] for begin, end in zip(begins, [*begins[1:], len(spans)], strict=True)]


def _edit(span: dict[str, Any], diagnosis: Diagnosis) -> Edit | None:
    file = text(span.get("file_name"))
    whole = diagnosis.texts.get(file)
    start, end = number(span.get("byte_start")), number(span.get("byte_end"))
    if whole is None or not 0 <= start <= end:
        return None
    begin = prefix(whole, start, width=utf8)
    return Edit(file, begin, prefix(whole, end, width=utf8), text(span.get("suggested_replacement")))


def _suggestion(edits: tuple[Edit, ...], group: Sequence[dict[str, Any]], *, words: str, finding: str) -> Suggestion:
    told = text(group[0].get("suggestion_applicability"))
    new = " ".join(edit.text for edit in edits)
    rank, is_risky = next(
        ((rank, is_risky) for pattern, rank, is_risky in _RANKS if pattern.search(f"{words} {new}")), (30, False)
    )
    kind = _KINDS.get(told, Applicability.RISKY if is_risky else Applicability.LIKELY)
    if _STUB.search(new):
        kind = Applicability.STUB
    elif _SILENT.search(f"{words} {new}"):
        kind = Applicability.SILENCING
    exact = 0 if told == "MachineApplicable" else 5
    return Suggestion(
        edits=edits, source="rustc", message=words, applicability=kind, rank=rank + exact, finding=finding
    )
