"""Tries `rung fix` on one project: one defect after the other, each in a repository of its own, and looks what came."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.defects.mutation import Defect, defects
from benchmarks.published.oracle import Told, oracle

__all__ = ["Outcome", "Row", "rows", "seeded"]

_PROBE = Path(__file__).with_name("probe.py")
_MOST_TRIED = 60
"""Defects that are looked at before it is said that the tests notice no more."""
_NOT_OURS = ".venv\n__pycache__\n.pytest_cache\n*.egg-info\n"
_SECONDS = 300
"""For one run of the tests by a probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of ``rung fix`` came to.

    Attributes:
        word: ``repaired`` (the tests pass, and the function behaves as it did), ``wrong`` (they pass, and it does
            not), ``undecided`` (they pass; with nothing to compare on), ``in part`` (something landed, and it is said
            that not all is well), ``broken`` (all is said to be well, and they fail), ``held``, ``left``, ``no end``,
            ``trouble`` (not one of the exit codes that are promised).
        claim: of the repairs that landed, joined by ``+``; a rule that needs no claim by its source. Whether they
            stayed on their branch, which is looked at then.
        how: how it is known: ``same`` (the source means the same to the letter), or on how many inputs.
        tried: candidates.
        why: where nothing landed, what was said.
    """

    word: str
    claim: str = ""
    how: str = ""
    seconds: float = 0.0
    tried: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One defect: what came of it, and of ``--accept plausible`` where something was held (``None`` elsewhere)."""

    project: str
    defect: Defect
    first: Outcome
    second: Outcome | None = None


def seeded(project: Path, folder: Path, *, count: int, seed: str) -> Iterator[Defect]:
    """So many defects of ``project`` that its tests notice; ``folder`` is made, for a copy.

    Raises:
        ValueError: its tests do not pass as it is.
    """
    shutil.copytree(project, folder, symlinks=True)
    whole = oracle("pytest", folder)
    if whole.code:
        raise ValueError(f"{project.parent.name}: its own tests do not pass: exit {whole.code}, {sorted(whole.failed)}")
    run = _probed(folder, "lines", folder.with_name("lines.json"))
    lines = {file: frozenset(found) for file, found in run.items() if _is_source(file)}
    texts = {file: (folder / file).read_bytes().decode() for file in lines}
    drawn = islice(defects(texts, lines, seed=seed), _MOST_TRIED)
    yield from islice((one for one in drawn if _is_noticed(one, folder, whole=whole)), count)


def _is_source(file: str) -> bool:
    parts = Path(file).parts
    return not {"tests", "test"} & set(parts) and not parts[-1].startswith(("test_", "conftest"))


def _is_noticed(defect: Defect, folder: Path, *, whole: Told) -> bool:
    """Whether some tests fail with it, the others pass, and the run ends; some name their tests anew each time."""
    (folder / defect.file).write_bytes(defect.after.encode())
    try:
        told = oracle("pytest", folder)
    finally:
        (folder / defect.file).write_bytes(defect.before.encode())
    return told.code == 1 and bool(told.passed) and len(told.passed | told.failed) == len(whole.passed)


def rows(project: Path, defect: Defect, *, folder: Path, seconds: float) -> Row:
    """Seed ``defect`` into a repository of ``project`` in ``folder``, which is made, and have it repaired.

    Args:
        project: prepared.
        defect: of it.
        folder: where all of it happens.
        seconds: after which ``rung fix`` is stopped.
    """
    folder.mkdir(parents=True)
    name = project.parent.name.partition("-")[2]
    first = _fixed(project, defect, folder=folder / "first", seconds=seconds)
    row = Row(project=name, defect=defect, first=first)
    if first.word != "held":
        return row
    words = ("--accept", "plausible")
    return replace(row, second=_fixed(project, defect, folder=folder / "second", seconds=seconds, words=words))


def _fixed(project: Path, defect: Defect, *, folder: Path, seconds: float, words: tuple[str, ...] = ()) -> Outcome:
    root = folder / "project"
    shutil.copytree(project, root, symlinks=True)
    (root / defect.file).write_bytes(defect.after.encode())
    _make_repository(root)
    command = (sys.executable, "-m", "orchestrator", "fix", "--apply", "--json", *words)
    began = time.perf_counter()
    done = _ended(command, root, seconds=seconds)
    spent = time.perf_counter() - began
    if done is None:
        return Outcome(word="no end", seconds=spent)
    code, text = done
    if code not in {0, 1, 3} or not text.startswith("{"):
        return Outcome(word="trouble", seconds=spent, why=f"exit {code}: {text[-200:]}")
    document = json.loads(text)
    return replace(_judged(document, root, defect=defect, is_done=code == 0), seconds=spent, tried=_tried(document))


def _make_repository(root: Path) -> None:
    """What was published counts, even what its own ``.gitignore`` leaves out: a file that holds the version."""
    (root / ".gitignore").unlink(missing_ok=True)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (("init", "-q"), ("add", "--all"), (*who, "commit", "-qm", "as published, with a defect")):
        subprocess.run(("git", *command), cwd=root, check=True, capture_output=True, env=environment)
        (root / ".git" / "info" / "exclude").write_text(_NOT_OURS, encoding="ascii")


def _ended(command: tuple[str, ...], root: Path, *, seconds: float) -> tuple[int, str] | None:
    """Exit code and output; ``None`` where it did not end in time: it is interrupted as a person does it."""
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        return None
    return process.returncode, out or err


def _judged(document: Any, root: Path, *, defect: Defect, is_done: bool) -> Outcome:
    attempts = [one for node in document["nodes"] for one in node["attempts"]]
    held = [line for one in attempts for line in one["held"]]
    if not document["result"]:
        failed = (node["reason"] for node in document["nodes"] if node["kind"] == "fix" and node["reason"])
        return Outcome(word="held" if held else "left", why=next(iter(held), next(failed, document["reason"])))
    claims = "+".join(one["claim"] or one["source"] for attempt in attempts for one in attempt["repairs"])
    if not document["result"]["applied"]:
        subprocess.run(("git", "checkout", "--quiet", document["result"]["branch"], "--", "."), cwd=root, check=True)
        claims += ", not applied"
    if oracle("pytest", root).code:
        return Outcome(word="broken" if is_done else "in part", claim=claims, why=document["reason"])
    word, how = _compared(root, defect=defect)
    return Outcome(word=word, claim=claims, how=how, why=document["reason"])


def _compared(root: Path, *, defect: Defect) -> tuple[str, str]:
    """Whether the function does what it did without the defect, and how that is known."""
    now = (root / defect.file).read_bytes().decode()
    if ast.dump(ast.parse(now)) == ast.dump(ast.parse(defect.before)):
        return "repaired", "same"
    recorded = root.with_name("calls.pickle")
    (root / defect.file).write_bytes(defect.before.encode())
    _probe(root, "calls", recorded, defect.file, defect.function)
    then = _probed(root, "replay", root.with_name("then.json"), str(recorded))
    (root / defect.file).write_bytes(now.encode())
    after = _probed(root, "replay", root.with_name("after.json"), str(recorded))
    wanted = [pair for pair in zip(then, after, strict=True) if pair[0][0] or pair[0][1]]
    if not wanted:
        return "undecided", "no input"
    differing = sum(one != other for one, other in wanted)
    return ("wrong", f"differs on {differing} of {len(wanted)}") if differing else ("repaired", f"{len(wanted)} inputs")


def _tried(document: Any) -> int:
    return sum(one["tried"] or 0 for node in document["nodes"] for one in node["attempts"])


def _probed(root: Path, *words: str | Path) -> Any:
    """What the probe wrote, which is JSON."""
    _probe(root, *words)
    return json.loads(Path(words[1]).read_text(encoding="utf-8"))


def _probe(root: Path, *words: str | Path) -> None:
    command = (".venv/bin/python", "-B", _PROBE, *words)
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
