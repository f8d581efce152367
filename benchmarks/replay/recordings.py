"""Recorded answers of models to programming tasks, with the verdict that each one got when its tests were run.

DIR holds a folder for each set, with its tasks and its answers as compressed JSON lines.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from benchmarks.replay.projects import PROJECTS, class_test, python_test
from orchestrator.domain.finding import FailureClass

__all__ = ["CLASSES", "SETS", "Answer", "answers", "sample"]

Row: TypeAlias = Mapping[str, str]

SETS: Mapping[str, str] = {
    "multipl-e-replay": "QwenLM/Qwen2.5-Coder d5ead97fea36, MultiPL-E (BSD-3-Clause)",
    "humaneval-replay": "HumanEval (MIT), answers from six sources named in its README",
    "mbpp-replay": "MBPP, FloridSleeves/LLMDebugger 49ac191f181d (Apache-2.0)",
    "classeval-replay": "FudanSELab/ClassEval eaeac44d0d5d (MIT)",
}
"""Folder -> where its answers come from."""

_RUNNING = frozenset({FailureClass.ASSERT, FailureClass.RUNTIME, FailureClass.NAME})
CLASSES: Mapping[str, frozenset[FailureClass]] = {
    "compile": frozenset({FailureClass.COMPILE}),
    "syntax": frozenset({FailureClass.SYNTAX}),
    "type": frozenset({FailureClass.TYPE}),
    "assert": frozenset({FailureClass.ASSERT}),
    "assert/runtime": _RUNNING,
    "name/import": frozenset({FailureClass.NAME}),
    "runtime": frozenset({FailureClass.RUNTIME}),
    "timeout": frozenset({FailureClass.TIMEOUT}),
}
"""Recorded class -> the classes that agree with it. ``assert/runtime`` is what a record says that tells no more than
that tests failed when they ran."""

_COUNTED = re.compile(r"(\d+) of (\d+) tests failed")


@dataclass(frozen=True)
class Answer:
    """One answer, as a project of its own.

    Attributes:
        origin: its set. names: the task and the model; several where the same answer was given more than once.
        recorded: ``pass``, or the recorded class of its failure.
        counted: how many tests failed, and of how many; ``None`` where the record does not say.
    """

    origin: str
    language: str
    recorded: str
    files: Mapping[str, str] = field(hash=False)
    names: tuple[str, ...]
    counted: tuple[int, int] | None = None

    @property
    def has_passed(self) -> bool:
        """By the record."""
        return self.recorded == "pass"

    @property
    def expected(self) -> frozenset[FailureClass]:
        """The classes that agree with the record, where it says that the answer failed."""
        return CLASSES[self.recorded]

    @property
    def digest(self) -> str:
        """Of all that decides how it is judged."""
        return hashlib.sha256(json.dumps([self.language, sorted(self.files.items())]).encode()).hexdigest()


def answers(data: Path, name: str, *, part: str = "dev") -> list[Answer]:
    """The answers of the set ``name``; equal ones with one record are one, with all their names.

    Raises:
        OSError: the set is not there.
    """
    folder = data / name
    tasks = {str(row["task_id"]): row for row in _rows(folder / f"{part}.tasks.jsonl.gz")}
    found: dict[tuple[str, str], Answer] = {}
    for row in _rows(folder / f"{part}.gens.jsonl.gz"):
        answer = _READERS[name](name, row, tasks[row["task_id"]])
        key = (answer.digest, answer.recorded)
        names = (*found[key].names, *answer.names) if key in found else answer.names
        found[key] = Answer(name, answer.language, answer.recorded, answer.files, names, answer.counted)
    return list(found.values())


def sample(given: Sequence[Answer], count: int) -> list[Answer]:
    """Always the same ``count`` of ``given``, in equal parts for each language: those whose digest is lowest."""
    languages = sorted({one.language for one in given})
    ordered = sorted(given, key=lambda one: one.digest)
    share, more = divmod(count, len(languages))
    parts = [
        [one for one in ordered if one.language == language][: share + (number < more)]
        for number, language in enumerate(languages)
    ]
    return [one for part in parts for one in part]


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _name(row: Row) -> str:
    further = [str(row[key]) for key in ("strategy", "attempt") if key in row]
    return " ".join([row["task_id"], row["model"], *further])


def _program(origin: str, row: Row, task: Row) -> Answer:
    """The answer and its test are one program, which the test's text closes."""
    language = task["language"]
    files = PROJECTS[language](row["solution"] + "\n" + task["test"])
    return Answer(origin, language, row["hidden"], files, (_name(row),))


def _function(origin: str, row: Row, task: Row) -> Answer:
    test = python_test(task["test"], entry=task["entry_point"])
    recorded = row["hidden"].partition(":")[0]
    return Answer(origin, "python", recorded, {"problem.py": row["code"], "test_problem.py": test}, (_name(row),))


def _class(origin: str, row: Row, task: Row) -> Answer:
    """Where some tests failed the record says ``assert``, whatever they raised."""
    match = _COUNTED.search(row["error"])
    counted = (int(match[1]), int(match[2])) if match else None
    recorded = "assert/runtime" if counted else row["hidden"]
    files = {"problem.py": row["code"], "test_problem.py": class_test(task["test"])}
    return Answer(origin, "python", recorded, files, (_name(row),), counted)


_READERS: Mapping[str, Callable[[str, Row, Row], Answer]] = {
    "multipl-e-replay": _program,
    "humaneval-replay": _function,
    "mbpp-replay": _function,
    "classeval-replay": _class,
}
