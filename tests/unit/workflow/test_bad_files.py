"""Every bad file in tests/cases/workflow/bad is refused, with the file, the line, the place and what to do."""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator.errors import Problem, WorkflowError
from orchestrator.workflow import load

CASES = Path(__file__).parents[2] / "cases" / "workflow" / "bad"


def _cases() -> list[Any]:
    tables = [tomllib.loads(path.read_text(encoding="utf-8"))["case"] for path in sorted(CASES.glob("*.toml"))]
    return [pytest.param(case, id=case["id"]) for table in tables for case in table]


def _content(case: Mapping[str, Any]) -> bytes:
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    if "parts" in case:
        return "".join(text * times for text, times in case["parts"]).encode()
    return str(case["text"]).encode()


def _misspelt(folder: Path) -> Path:
    (folder / "workflow.yaml").write_text("nodes: {a: {run: x}}\n")
    return folder / "workflwo.yaml"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.yaml")
    return folder / "pipe.yaml"


def _link_to_itself(folder: Path) -> Path:
    (folder / "link.yaml").symlink_to("link.yaml")
    return folder / "link.yaml"


def _file_as_a_folder(folder: Path) -> Path:
    (folder / "a.yaml").write_text("nodes: {a: {run: x}}\n")
    return folder / "a.yaml" / "b.yaml"


def _hundred_megabytes(folder: Path) -> Path:
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # sparse: it takes no space
    return folder / "huge.yaml"


MAKERS: Mapping[str, Callable[[Path], Path]] = {
    "missing": lambda folder: folder / "zzz",
    "misspelt": _misspelt,
    "missing-folder": lambda folder: folder / "none" / "a.yaml",
    "directory": lambda folder: folder,
    "pipe": _pipe,
    "device": lambda _: Path(os.devnull),
    "link-to-itself": _link_to_itself,
    "file-as-a-folder": _file_as_a_folder,
    "nul-in-the-name": lambda folder: folder / "a\0b",
    "endless-name": lambda folder: folder / ("a" * 300),
    "hundred-megabytes": _hundred_megabytes,
}


def _written(case: Mapping[str, Any], folder: Path) -> Path:
    if "make" in case:
        return MAKERS[case["make"]](folder)
    for name, text in case.get("files", {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "main.yaml"
    path.write_bytes(_content(case))
    return path


def _fits(problem: Problem, case: Mapping[str, Any], folder: Path) -> bool:
    file = str(folder / case["file"]) if "file" in case else problem.file
    return (
        problem.line == case["line"]
        and case["message"].replace("{dir}", str(folder)) in problem.what
        and case.get("hint", "") in problem.hint
        and problem.path == case.get("path", problem.path)
        and problem.file == file
    )


@pytest.mark.parametrize("case", _cases())
def test_a_bad_file_is_refused_with_file_line_and_reason(case: Mapping[str, Any], tmp_path: Path) -> None:
    path = _written(case, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(WorkflowError) as caught:
        load(path)
    problems = caught.value.problems
    assert any(_fits(problem, case, tmp_path) for problem in problems), f"\n{caught.value}"
    assert len(problems) == case.get("count", 1), f"\n{caught.value}"
    for problem in problems:
        assert problem.file
        assert (problem.line > 0) == (case["line"] > 0)
        assert str(problem).startswith(problem.file)
        assert "\n" not in str(problem).removeprefix(problem.file)
        assert problem.what.isprintable()
        assert not problem.what.endswith(".")
    assert caught.value.exit_code == 2
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def test_there_are_more_than_a_hundred_bad_files_and_each_has_its_own_name() -> None:
    names = [case.id for case in _cases()]
    assert len(names) > 100
    assert len(set(names)) == len(names)


def test_a_file_that_its_owner_may_not_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("nodes: {a: {run: x}}\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        path = Path("/proc/self/mem")  # root may read any file; this one answers with an error all the same
    with pytest.raises(WorkflowError, match=r"may not be read|cannot be read"):
        load(path)
