"""The rule for tests that compare with what was recorded earlier: what they expect is a person's to change.

Without the word ``expectations`` nothing is run: the suggestion names the recorded file and is held.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import CONSENT, Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.snapshots import Recorder, recorded, recorders
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.wholefile import texts_of, whole, why_of

_SCRIPT = Path(__file__).resolve().with_name("record.py")
_WORD = CONSENT[Applicability.EXPECTATION]
_DIFFERS = re.compile(
    r"\[- snapshot\]|toMatch(?:\w*)Snapshot\b|[Ss]napshot (?:name: )?`[^`]+`"
    r"|[Ss]napshot assertion for|(?:stored|recorded) snapshot"
)
"""How syrupy, Jest, Vitest and insta say that something is not as it was recorded."""


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """The recorder of each folder with such a test, if a person gave the word."""
    if _WORD not in diagnosis.accept:
        return ()
    script = _SCRIPT.read_text(encoding="utf-8")
    asked = dict.fromkeys(_asked(folder, row) for folder, row, _ in _failing(diagnosis))
    return [Probe(argv=("python3", "-", request), stdin=script, about=request) for request in asked]


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each test that differs: with the files as they would be recorded now, or to name what is held."""
    answers = {run.about: texts_of(run) for run in diagnosis.runs}
    for folder, row, finding in _failing(diagnosis):
        new = answers.get(_asked(folder, row), {})
        edits = tuple(
            whole(file, diagnosis.texts[file], new=new[file]) for file in sorted(new) if file in diagnosis.texts
        )
        place = _nearest(recorded(diagnosis.texts, folder, row=row), finding.file)
        yield Suggestion(
            edits=edits or (Edit(place, 0, 0, ""),),
            source=row.word,
            message=f"record anew what {finding.test or 'the test'} expects, if what it sees now is meant",
            applicability=Applicability.EXPECTATION,
            finding=finding.fingerprint,
        )


def troubles(runs: Sequence[ToolRun]) -> Sequence[str]:
    """Why a recorder could not be run."""
    return [f"snapshots: {why}" for run in runs if (why := why_of(run))]


RULE = Rule(name="expectations", propose=propose, probes=probes, troubles=troubles)


def _failing(diagnosis: Diagnosis) -> Iterator[tuple[str, Recorder, Finding]]:
    """Folder and recorder of every finding that says that a snapshot differs."""
    found = [one for one in diagnosis.findings if _DIFFERS.search(f"{one.message}\n{one.detail}")]
    for folder, row in recorders(diagnosis.texts) if found else ():
        lead = f"{folder}/" if folder else ""
        yield from ((folder, row, one) for one in found if one.file.startswith(lead))


def _nearest(files: Sequence[str], test: str) -> str:
    """The recorded file that is named like the test's; the first one where none is."""
    stem = test.rpartition("/")[2].partition(".")[0]
    return next((file for file in files if stem and stem in file.rpartition("/")[2]), files[0])


def _asked(folder: str, row: Recorder) -> str:
    return json.dumps({"argv": row.argv, "folder": folder, "ending": row.ending})
