"""Fix-its of gcc and clang, from ``-fdiagnostics-parseable-fixits``.

Format: ``fix-it:"FILE":{LINE:COLUMN-LINE:COLUMN}:"TEXT"`` after the diagnostic that it belongs to; columns are 1-based
and count bytes, the end is exclusive, file and text are escaped as in C. All fix-its of one diagnostic are one change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.places import fingerprint_at, offset, utf8
from orchestrator.fixers.rule import Rule

_FIX = re.compile(r'fix-it:"(?P<file>(?:[^"\\]|\\.)*)":\{(\d+):(\d+)-(\d+):(\d+)\}:"(?P<text>(?:[^"\\]|\\.)*)"')
_HEAD = re.compile(r"(?P<file>[^:\s][^:]*):(?P<line>\d+):\d+: (?P<level>error|warning|note|fatal error): (?P<words>.*)")
_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f", "a": "\a", "b": "\b"}
_SILENT = re.compile(r"\bto silence\b|\bto suppress\b|__attribute__|\[\[|\(void\)|\bfallthrough\b|\bpragma\b")
_GOOD = re.compile(r"use '==' to|insert 'break;'|#include|include '<|include the header")
_COMPILERS = re.compile(r"(?:.*/)?(?:[\w.-]+-)?(?:cc|gcc|clang|c99|c11|g\+\+|c\+\+|clang\+\+)(?:-\d+)?$")
_C_SUFFIXES = (".c", ".cc", ".cpp", ".cxx")
_FLAG = "-fdiagnostics-parseable-fixits"
_ASK = (_FLAG, "-fsyntax-only", "-fno-diagnostics-color")


@dataclass(slots=True)
class _Diagnostic:
    file: str
    line: int
    level: str
    words: str
    fixes: list[re.Match[str]] = field(default_factory=list)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each diagnostic that carries fix-its; one that only silences a warning is marked as such."""
    for run in diagnosis.runs:
        head = ("", 0)
        for found in _diagnostics(run.text):
            if found.level != "note":
                head = (found.file, found.line)
            edits = [edit for match in found.fixes if (edit := _edit(match, diagnosis))]
            if edits and len(edits) == len(found.fixes):
                finding = fingerprint_at(diagnosis, head[0], line=head[1])
                yield _suggestion(found, tuple(edits), source=_source(run), finding=finding)


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """Both compilers are asked, about each C or C++ file with a finding; with the flags of the judge's own command."""
    files = dict.fromkeys(one.file for one in diagnosis.findings if one.file.endswith(_C_SUFFIXES))
    flags = _flags(diagnosis)
    return [
        Probe(
            argv=(
                compiler + ("++" if compiler == "clang" and file != file.removesuffix("pp") else ""),
                *_ASK,
                *flags,
                file,
            )
        )
        for file in files
        if file in diagnosis.texts
        for compiler in ("gcc", "clang")
    ]


RULE = Rule(name="fix-its", propose=propose, probes=probes)


def _flags(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What decides about meaning and warnings: of the compiler's command where one is known, else the usual ones."""
    for run in diagnosis.runs:
        if _COMPILERS.match(run.argv[0]):
            return tuple(
                word for word in run.argv[1:] if word.startswith(("-W", "-std=", "-I", "-D", "-f", "-pedantic"))
            )
    folders = sorted({file.rpartition("/")[0] or "." for file in diagnosis.texts if file.endswith((".h", ".hpp"))})
    return ("-Wall", "-Wextra", *(f"-I{folder}" for folder in folders))


def _diagnostics(text: str) -> Iterator[_Diagnostic]:
    now: _Diagnostic | None = None
    for line in text.splitlines():
        if head := _HEAD.match(line):
            if now:
                yield now
            now = _Diagnostic(head["file"], int(head["line"]), head["level"], head["words"])
        elif now and (fix := _FIX.match(line)):
            now.fixes.append(fix)
    if now:
        yield now


def _edit(match: re.Match[str], diagnosis: Diagnosis) -> Edit | None:
    file = _unescaped(match["file"]).removeprefix("./")
    text = diagnosis.texts.get(file)
    if text is None:
        return None
    line, column, last, end = (int(match[group]) for group in (2, 3, 4, 5))
    start = offset(text, line, column=column, width=utf8)
    return Edit(file, start, offset(text, last, column=end, width=utf8), _unescaped(match["text"]))


def _unescaped(text: str) -> str:
    """Octal escapes are bytes of UTF-8."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: _character(match[1]), text)
    try:
        return plain.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return plain


def _character(code: str) -> str:
    return chr(int(code, 8) & 0xFF) if code[0] in "01234567" else _PLAIN.get(code, code)


def _source(run: ToolRun) -> str:
    return "clang" if "clang" in run.argv[0] else "gcc"


def _suggestion(found: _Diagnostic, edits: tuple[Edit, ...], *, source: str, finding: str) -> Suggestion:
    new = " ".join(edit.text for edit in edits)
    kind, rank = Applicability.LIKELY, 30
    if _SILENT.search(f"{found.words} {new}") or _only_adds_parentheses(found, edits):
        kind = Applicability.SILENCING
    elif _GOOD.search(f"{found.words} {new}"):
        rank = 20
    return Suggestion(edits=edits, source=source, message=found.words, applicability=kind, rank=rank, finding=finding)


def _only_adds_parentheses(found: _Diagnostic, edits: tuple[Edit, ...]) -> bool:
    """Around an assignment they say that it is meant; what an error asks for is not that."""
    return found.level != "error" and "".join(edit.text for edit in edits) == "()"
