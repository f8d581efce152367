"""The rule for packages that are installed, cached or vendored and that no manifest names: held for a person.

The project's own tool writes manifest and lock file, in a copy and without a network (:mod:`.scratch`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from pathlib import Path

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.suggestion import Applicability, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import loaded, table
from orchestrator.fixers.sources.manifests.wanted import Want, wanted
from orchestrator.fixers.sources.wholefile import texts_of, whole, why_of

_MOST = 5
"""Packages that are asked for in one round; what is left is asked for in the next."""
_SCRIPT = Path(__file__).resolve().with_name("scratch.py")
_LOCKS = ("Cargo.lock", "go.sum", "go.work.sum", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """The script, once for each package."""
    wants = [*wanted(diagnosis)][:_MOST]
    script = _SCRIPT.read_text(encoding="utf-8") if wants else ""
    return [Probe(argv=("python3", "-", _asked(want)), stdin=script, about=_asked(want)) for want in wants]


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each package that the tool could declare. A lock file that the project does not keep is left out."""
    answers = {run.about: texts_of(run) for run in diagnosis.runs}
    for want, finding in wanted(diagnosis).items():
        told = answers.get(_asked(want), {})
        new = {file: told[file] for file in sorted(told, key=_place) if file in diagnosis.texts}
        if new:
            yield Suggestion(
                edits=tuple(whole(file, diagnosis.texts[file], new=new[file]) for file in new),
                source=want.tool,
                message=_message(new, diagnosis.texts, name=want.name),
                applicability=Applicability.DEPENDENCY,
                rank=50,
                finding=finding.fingerprint,
            )


def troubles(runs: Sequence[ToolRun]) -> Sequence[str]:
    """What the tool said where it could not."""
    found = [(table(loaded(run.about)), why_of(run)) for run in runs]
    return [f"{want.get('tool')}: {want.get('name') or 'the lock file'}: {why}" for want, why in found if why]


RULE = Rule(name="manifests", propose=propose, probes=probes, troubles=troubles)


def _place(file: str) -> tuple[bool, str]:
    """What a person wrote before what a tool did: the first one names the change."""
    return file.endswith(_LOCKS), file


def _asked(want: Want) -> str:
    return json.dumps(asdict(want), sort_keys=True)


def _message(new: Mapping[str, str], texts: Mapping[str, str], *, name: str) -> str:
    """The line that the tool has written into the manifest; crates are named with ``_`` in code."""
    for file in sorted(new):
        if not file.endswith(_LOCKS):
            lines = _written(texts[file].splitlines(), new[file].splitlines())
            named = [line for line in lines if name.replace("_", "-") in line.replace("_", "-")]
            return f"declare {next(iter((*named, *lines)), 'what is missing')}"
    return f"bring {', '.join(sorted(new))} up to date"


def _written(old: Sequence[str], new: Sequence[str]) -> list[str]:
    codes = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    rows = (row.strip().rstrip(",") for tag, *_, first, last in codes if tag != "equal" for row in new[first:last])
    return [row for row in rows if row and not row.startswith(("[", "//", "require ("))]
