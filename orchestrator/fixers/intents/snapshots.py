"""Recording anew what tests expect, by the runner that recorded it: only where a person asked for that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.errors import EditError
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.workshop import Done, Workshop, asked


@dataclass(frozen=True, slots=True)
class Recorder:
    """A row of the table: where ``manifest`` names ``word``, ``argv`` records the files that end in ``ending`` anew."""

    manifest: str
    word: str
    ending: str
    argv: tuple[str, ...]


RECORDERS: Sequence[Recorder] = (
    Recorder("pyproject.toml", "syrupy", ".ambr", ("python3", "-m", "pytest", "--quiet", "--snapshot-update")),
    Recorder("requirements.txt", "syrupy", ".ambr", ("python3", "-m", "pytest", "--quiet", "--snapshot-update")),
    Recorder("package.json", "vitest", ".snap", ("node_modules/.bin/vitest", "run", "--update")),
    Recorder("package.json", "jest", ".snap", ("node_modules/.bin/jest", "--ci=false", "--updateSnapshot")),
    Recorder("Cargo.toml", "insta", ".snap", ("env", "INSTA_UPDATE=always", "cargo", "test", "--offline")),
)
"""The first row that fits a folder is its recorder."""


async def write_snapshots(shop: Workshop, arguments: JsonObject) -> Done:
    """Every recorded expectation as the tests record it now. Files that are not there yet are left to a person.

    What the runner's tests say besides decides nothing here: whoever judges the change runs them again.

    Raises:
        EditError: no recorder is known for this tree, or its tool is missing.
    """
    del arguments
    rows = recorders(shop.texts)
    if not rows:
        known = ", ".join(dict.fromkeys(row.word for row in RECORDERS))
        raise EditError("nothing here records what its tests expect", hint=f"known are {known}")
    steps = []
    changes: dict[str, str] = {}
    for folder, row in rows:
        await asked(shop, Probe(argv=row.argv), folder=folder)
        after = shop.now(recorded(shop.texts, folder, row=row))
        new = {name: text for name, text in after.items() if text != shop.texts[name]}
        if new:
            steps.append(FixStep(source=row.word, message=f"record {', '.join(sorted(new))} anew"))
            changes |= new
    return Done(changes=changes, steps=tuple(steps))


def recorders(texts: Mapping[str, str]) -> tuple[tuple[str, Recorder], ...]:
    """Folder (``""`` for the root) and recorder, for each folder that has one and something recorded below it."""
    found: dict[str, Recorder] = {}
    for file in sorted(texts):
        folder, _, name = file.rpartition("/")
        for row in RECORDERS:
            if row.manifest == name and row.word in texts[file] and any(recorded(texts, folder, row=row)):
                found.setdefault(folder, row)
    return tuple(found.items())


def is_recorded(file: str) -> bool:
    """Whether a recorder of the table writes files of this kind."""
    return any(file.endswith(row.ending) for row in RECORDERS)


def recorded(files: Iterable[str], folder: str, *, row: Recorder) -> tuple[str, ...]:
    """Those of ``files`` that ``row`` records below ``folder``."""
    lead = f"{folder}/" if folder else ""
    return tuple(file for file in files if file.startswith(lead) and file.endswith(row.ending))
