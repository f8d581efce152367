"""Formatters: where the form is what was found, the whole file is as its formatter prints it."""

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import FailureClass
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.rule import Rule

FORMATTERS: Mapping[str, tuple[str, ...]] = {
    ".py": ("ruff", "format", "--no-cache", "--stdin-filename", "{file}", "-"),
    ".pyi": ("ruff", "format", "--no-cache", "--stdin-filename", "{file}", "-"),
    ".go": ("gofmt",),
    ".rs": ("rustfmt", "--emit", "stdout", "--edition", "2021"),
    ".c": ("clang-format", "--assume-filename={file}"),
    ".h": ("clang-format", "--assume-filename={file}"),
    ".cpp": ("clang-format", "--assume-filename={file}"),
    ".js": ("node_modules/.bin/prettier", "--stdin-filepath", "{file}"),
    ".jsx": ("node_modules/.bin/prettier", "--stdin-filepath", "{file}"),
    ".ts": ("node_modules/.bin/prettier", "--stdin-filepath", "{file}"),
    ".tsx": ("node_modules/.bin/prettier", "--stdin-filepath", "{file}"),
    ".css": ("node_modules/.bin/prettier", "--stdin-filepath", "{file}"),
}
"""Suffix -> a command that reads the file's text and prints it formatted; ``{file}`` is its path."""


def probe_of(file: str, text: str) -> Probe | None:
    """The formatter's command for ``file``; ``None`` where none is known."""
    argv = FORMATTERS.get(f".{file.rpartition('.')[2]}")
    return Probe(argv=tuple(word.replace("{file}", file) for word in argv), stdin=text, about=file) if argv else None


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """A formatter for each file whose form is a finding."""
    files = dict.fromkeys(one.file for one in diagnosis.findings if one.failure_class is FailureClass.FORMAT)
    found = [probe_of(file, diagnosis.texts[file]) for file in files if file in diagnosis.texts]
    return [probe for probe in found if probe]


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each file that a formatter could read; printing nothing at all is no answer."""
    known = {argv[0] for argv in FORMATTERS.values()}
    for run in diagnosis.runs:
        old = diagnosis.texts.get(run.about)
        if run.argv[0] in known and run.exit_code == 0 and old is not None and run.stdout.strip():
            yield Suggestion(
                edits=(Edit(run.about, 0, len(old), run.stdout),),
                source=run.argv[0].rpartition("/")[2],
                message=f"format {run.about}",
                applicability=Applicability.SAFE,
                rank=90,
                finding=_finding(diagnosis, run.about),
            )


RULE = Rule(name="formatters", propose=propose, probes=probes)


def _finding(diagnosis: Diagnosis, file: str) -> str:
    return next(
        (one.fingerprint for one in diagnosis.findings if (one.file, one.failure_class) == (file, FailureClass.FORMAT)),
        "",
    )
