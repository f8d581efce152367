"""How many cheating patches the rules find, and how many honest ones they hold.

Run: ``python -m benchmarks.integrity [--data DIR] [--histories GIT_DIR,...] [--show]``.

Cheats are the cases of ``tests/cases/integrity``: one file was written before the rules, one after.
Honest patches are read where they lie and never copied: DIR (or ``RUNG_DATA``) holds ``humanevalfix``
(bigcode-project/octopack e17a8f6470264, MIT), ``quixbugs-repair`` (jkoppel/QuixBugs 4257f44b0ff1, MIT) and
``debugbench-repair`` (thunlp/DebugBench 2761bab93c4c, Apache-2.0): a buggy and a fixed program each. Histories are
repositories of anybody: of each the newest commits that call themselves a fix, at most 20 files large, once as they
are, and once as they would be judged: with tests, CI and lock files put back. Of honest ones that are held, some are
held for a person, as they should be: who silences a tool or adds a dependency says so. The rest was taken for a cheat.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

from orchestrator.resources import Places as DataPlaces
from orchestrator.validation.integrity import FileChange, Flag, Places, Weight, change_of, flags_of, is_held
from orchestrator.validation.packs import Packs, load_packs
from orchestrator.validation.packs.globs import matches

CASES = Path(__file__).parents[1] / "tests" / "cases" / "integrity"
ENDINGS = {"python": "py", "js": "js", "javascript": "js", "java": "java", "cpp": "cpp", "rust": "rs", "go": "go"}
SAMPLE = 200
PER_HISTORY = 40
LARGEST = 20
FOR_A_PERSON = frozenset({"suppression", "dependency-added"})
"""Rules that are right about honest patches too: whether such a thing may be, a person says."""


@dataclass(frozen=True)
class Patch:
    """A patch, honest or not; ``rule`` is the one that has to find it."""

    name: str
    changes: Sequence[FileChange]
    tests: Sequence[str] = ()
    rule: str = ""

    @property
    def flags(self) -> Sequence[Flag]:
        """What the rules say of it."""
        return flags_of(self.changes, places=Places(), tests=self.tests)


def cheats(path: Path) -> list[Patch]:
    """The patches of a file of cases."""
    rows = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return [
        Patch(row["name"], [FileChange(**one) for one in row["files"]], tests=row.get("tests", ()), rule=row["rule"])
        for row in rows
    ]


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a compressed file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def pairs(data: Path) -> Iterator[Patch]:
    """Buggy programs and what fixed them."""
    for row in rows(data / "humanevalfix" / "dev.tasks.jsonl.gz"):
        before, after = (f"{row['declaration']}{row[side]}" for side in ("buggy", "canonical"))
        if str(row["declaration"]).strip() and str(row["declaration"]).strip() in str(row["buggy"]):
            before, after = str(row["buggy"]), str(row["canonical"])
        yield pair(f"humanevalfix {row['task_id']}", before, after=after, of=row)
    for row in rows(data / "quixbugs-repair" / "dev.tasks.jsonl.gz"):
        yield pair(f"quixbugs {row['program']}", str(row["buggy"]), after=str(row["fixed"]), of=row)
    for row in rows(data / "debugbench-repair" / "dev.bugs.jsonl.gz"):
        attempts = row["attempts"]
        assert isinstance(attempts, list)
        good = next((one for one in attempts if one["accepted"] is True and one["fixed_code"]), None)
        if good:
            yield pair(f"debugbench {row['id']}", str(row["buggy_code"]), after=str(good["fixed_code"]), of=row)


def pair(name: str, before: str, *, after: str, of: dict[str, object]) -> Patch:
    """One file that was fixed; its test, where there is one, is known."""
    path = f"src/solution.{ENDINGS.get(str(of['language']), str(of['language']))}"
    tests = [str(of["test"])] if of.get("test") else []
    return Patch(name, [FileChange(path=path, before=before, after=after)], tests=tests)


def sample(patches: Sequence[Patch]) -> list[Patch]:
    """The same ones each time, whatever their order."""
    return sorted(patches, key=lambda one: hashlib.sha256(one.name.encode()).digest())[:SAMPLE]


def git(folder: str, *words: str) -> bytes:
    """What git prints about a repository; nothing of it is run."""
    argv = ["git", f"--git-dir={folder}", "-c", "core.fsmonitor=false", *words]
    return subprocess.run(argv, check=True, capture_output=True, env={**os.environ, "GIT_NO_LAZY_FETCH": "1"}).stdout


def fixes(folder: str) -> Iterator[Patch]:
    """The newest commits of a repository that say that they fix something, and can be read whole."""
    found = 0
    for line in git(folder, "log", "--no-merges", "--format=%H %s").decode("utf-8", "replace").splitlines():
        commit, _, subject = line.partition(" ")
        if found == PER_HISTORY or not re.search(
            r"\b(?:fix(?:e[sd])?|bug|correct(?:ed|s)?|repair)\b", subject, re.IGNORECASE
        ):
            continue
        changes = changes_of(folder, commit)
        if changes and any(matches(change.path, SOURCES) for change in changes):
            found += 1
            yield Patch(f"{Path(folder).parent.name} {commit[:10]} {subject}", changes)


SOURCES = tuple(
    f"**/*.{ending}" for ending in ("py", "js", "ts", "mjs", "c", "h", "cc", "cpp", "rs", "go", "java", "sh")
)


def changes_of(folder: str, commit: str) -> list[FileChange]:
    """The files of a commit; none where it is too large, or where the copy lacks something."""
    try:
        fields = git(folder, "diff-tree", "-r", "--raw", "-z", "--no-renames", "--abbrev=40", f"{commit}^", commit)
        words = fields.decode("utf-8", "replace").split("\0")[:-1]
        if not 0 < len(words) <= 2 * LARGEST:
            return []
        return [
            change_of(path, before=blob(folder, raw.split()[2]), after=blob(folder, raw.split()[3]))
            for raw, path in zip(words[::2], words[1::2], strict=True)
            if "160000" not in raw
        ]
    except subprocess.CalledProcessError:
        return []


def blob(folder: str, name: str) -> bytes | None:
    """A file's bytes; ``None`` for the name of no object."""
    return git(folder, "cat-file", "blob", name) if name.strip("0") else None


def restored(patch: Patch, packs: Packs) -> Patch:
    """The patch with all that packs protect put back."""
    kinds = [pack.protected for pack in packs.packs.values()]
    globs = [glob for kind in kinds for glob in (*kind.tests, *kind.ci, *kind.locks)]
    left = [one for one in patch.changes if not matches(one.path, globs) and not Places().is_test(one.path)]
    return replace(patch, changes=left)


def print_cheats(path: Path, *, is_shown: bool) -> None:
    """A line for a file of cases: found by the rule that was meant, and held at all."""
    known = cheats(path)
    meant = [one for one in known if one.rule in {flag.rule for flag in one.flags if flag.weight is Weight.HOLD}]
    held = [one for one in known if is_held(one.flags)]
    print(f"{path.stem:44}{len(known):>8}{len(meant) / len(known):>16.3f}{len(held) / len(known):>12.3f}")
    if is_shown:
        print("".join(f"    missed: {one.name} ({one.rule})\n" for one in known if one not in meant), end="")


def print_honest(name: str, patches: Sequence[Patch], *, is_shown: bool) -> None:
    """A line for a set of honest patches; of those that are held, the share that is taken for a cheat by itself."""
    flags = {one.name: one.flags for one in patches}
    held = [one for one in patches if is_held(flags[one.name])]
    rules = {one.name: {flag.rule for flag in flags[one.name] if flag.weight is Weight.HOLD} for one in held}
    counts = (len(held), sum(bool(found - FOR_A_PERSON) for found in rules.values()), sum(map(bool, flags.values())))
    print(f"{name:44}{len(patches):>8}" + "".join(f"{count / len(patches):>16.3f}" for count in counts))
    by_rule = Counter(rule for found in rules.values() for rule in found)
    if is_shown:
        print("".join(f"    {rule}: {count}\n" for rule, count in by_rule.most_common()), end="")
        for one in held:
            first = next(flag for flag in flags[one.name] if flag.weight is Weight.HOLD)
            print(f"    {one.name[:70]}: {first.rule} {first.file}:{first.line} {first.excerpt[:90]}")


def honest(data: Path, histories: Sequence[str]) -> Iterator[tuple[str, Sequence[Patch]]]:
    """The sets of honest patches that can be read here."""
    if (data / "humanevalfix").is_dir():
        known = list(pairs(data))
        yield f"fixed programs: {SAMPLE} of {len(known)}", sample(known)
        yield "fixed programs: all", known
    known = [patch for folder in histories for patch in fixes(folder)]
    if known:
        packs = load_packs(DataPlaces(), trusted=False)
        judged = [restored(patch, packs) for patch in known]
        yield "commits that fix, as they would be judged", [patch for patch in judged if patch.changes]
        yield "commits that fix, tests and CI included", known


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("RUNG_DATA", ""), help="folder of recorded data")
    parser.add_argument("--histories", default="", help="git directories, with commas between them")
    parser.add_argument("--show", action="store_true", help="name what is missed and what is held")
    options = parser.parse_args()
    print(f"{'cheating patches':44}{'patches':>8}{'by their rule':>16}{'held':>12}")
    for name in ("cheats.yaml", "held-out.yaml"):
        print_cheats(CASES / name, is_shown=options.show)
    print(f"\n{'honest patches':44}{'patches':>8}{'held':>16}{'as a cheat':>16}{'flagged':>16}")
    sets = list(honest(Path(options.data or "absent"), [one for one in options.histories.split(",") if one]))
    for name, patches in sets:
        print_honest(name, patches, is_shown=options.show)
    if not sets:
        print("integrity: no honest patches here (--data DIR, RUNG_DATA or --histories)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
