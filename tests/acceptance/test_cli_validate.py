"""`rung validate` on real folders, with real tools, in the real sandbox where there is one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Rung
from tests.acceptance.skeleton import no_sandbox

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "validate.schema.json"
RIGHT = "def count(text):\n    return len(text.split())\n"
WRONG = "def count(text):\n    return 1\n"
UNREADABLE = "def count(text:\n    return 1\n"
TESTS = (
    "import unittest\nfrom words import count\n\nclass Words(unittest.TestCase):\n"
    "    def test_one(self):\n        self.assertEqual(count('a'), 1)\n"
    "    def test_two(self):\n        self.assertEqual(count('a b'), 2)\n"
)
NETWORK = (
    "import socket\nimport unittest\n\nclass Net(unittest.TestCase):\n"
    "    def test_reach(self):\n        socket.create_connection(('192.0.2.1', 80), 1)\n"
)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def mode() -> str:
    return "off" if no_sandbox() else "auto"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "words.py").write_text(RIGHT)
    (folder / "test_words.py").write_text(TESTS)
    return folder


def document(text: str) -> Any:
    read = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(read)
    return read


def test_a_good_folder_passes_and_is_left_as_it_is(rung: Rung, project: Path, mode: str) -> None:
    before = contents(project)
    told = rung("validate", str(project), "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["verdict"], read["evidence"]) == (0, "passed", "ids"), told
    assert read["tests"]["passed"] == 2
    assert read["sandbox"]
    assert contents(project) == before


def test_without_a_sandbox_it_says_so_and_leaves_the_folder_alone(rung: Rung, project: Path) -> None:
    before = contents(project)
    told = rung("validate", str(project), "--json", "--sandbox", "off", "--stage", "test")
    read = document(told.out)
    assert (told.code, [stage["name"] for stage in read["stages"]]) == (0, ["test"]), told
    assert read["sandbox"].startswith("off (")
    assert contents(project) == before


def test_a_broken_folder_fails_and_says_how_to_run_it_again(rung: Rung, project: Path, mode: str) -> None:
    (project / "words.py").write_text(WRONG)
    told = rung("validate", "--sandbox", mode, cwd=project)
    assert told.code == 1, told
    assert "FAILED       test (python)" in told.out
    assert "test_two" in told.out
    assert "    again: rung validate . --stage test" in told.out.splitlines()
    assert told.out.splitlines()[-1].startswith("failed (assert, code)")


def test_without_tests_it_is_empty(rung: Rung, project: Path, mode: str) -> None:
    (project / "test_words.py").unlink()
    told = rung("validate", str(project), "--sandbox", mode)
    assert told.code == 1
    assert told.out.splitlines()[-1].startswith("empty: no test was run")


def test_a_missing_tool_is_exit_code_6(rung: Rung, project: Path, mode: str) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = 'words'\nrequires-python = '>=9.9'\n")
    told = rung("validate", str(project), "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["verdict"]) == (6, "tool_error")
    assert "wants python >=9.9" in read["stages"][0]["findings"][0]["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "it is not a folder"),
        ([".", "--base", "main"], "is in no git repository"),
        ([".", "--stage", "tests"], "--stage"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(rung: Rung, project: Path, arguments: list[str], said: str) -> None:
    told = rung("validate", *arguments, cwd=project)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_beside_a_base_only_what_is_worse_counts(rung: Rung, tmp_path: Path, mode: str) -> None:
    repo = TempRepo(tmp_path / "repo")
    repo.commit({"words.py": UNREADABLE, "test_words.py": TESTS})
    folder = tmp_path / "repo"
    (folder / "words.py").write_text(WRONG)
    told = rung("validate", str(folder), "--base", "HEAD", "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["verdict"]) == (0, "passed"), read
    assert [one["test"].split(".")[-1] for one in read["base"]["revealed"]] == ["test_two"]
    assert (read["base"]["new"], len(read["base"]["fixed"])) == ([], 1)

    repo.git("commit", "-aqm", "readable")
    (folder / "words.py").write_text("def count(text):\n    return 7\n")
    told = rung("validate", str(folder), "--base", "HEAD", "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["verdict"]) == (1, "failed")
    assert [one["test"].split(".")[-1] for one in read["base"]["new"]] == ["test_one"]
    assert [one["name"].split(".")[-1] for one in read["base"]["left"]] == ["test_two"]


def test_ignored_files_are_no_part_of_a_repository_and_new_ones_are(rung: Rung, tmp_path: Path, mode: str) -> None:
    repo = TempRepo(tmp_path / "repo")
    repo.commit({".gitignore": "old/\n", "words.py": RIGHT})
    repo.write({"old/test_old.py": "import nothing_like_this\n", "test_words.py": TESTS})
    told = rung("validate", str(tmp_path / "repo"), "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["tests"]["total"]) == (0, 2), read
    assert repo.git("status", "--short").split() == ["??", "test_words.py"]


def test_there_is_no_such_base(rung: Rung, tmp_path: Path) -> None:
    TempRepo(tmp_path / "repo").commit({"words.py": RIGHT})
    told = rung("validate", str(tmp_path / "repo"), "--base", "--output=x")
    assert (told.code, told.err) == (2, "rung: --base --output=x: there is no such commit\n")


def test_tests_that_want_the_network_fail_as_tests(rung: Rung, project: Path) -> None:
    if why := no_sandbox():
        pytest.skip(why)
    (project / "test_words.py").write_text(NETWORK)
    told = rung("validate", str(project), "--json")
    read = document(told.out)
    assert (told.code, read["verdict"], read["tests"]["failed"]) == (1, "failed", 1)
    assert "unreachable" in read["stages"][-1]["findings"][0]["message"]


def test_what_the_code_under_test_writes_stays_in_its_copy(rung: Rung, project: Path) -> None:
    if why := no_sandbox():
        pytest.skip(why)
    outside = project.parent / "outside"
    (project / "test_words.py").write_text(
        "import pathlib\nimport unittest\n\nclass Write(unittest.TestCase):\n    def test_it(self):\n"
        f"        pathlib.Path({str(project / 'words.py')!r}).write_text('')\n"
        f"        self.assertFalse(pathlib.Path({str(outside)!r}).parent.joinpath('outside').exists())\n"
        "        pathlib.Path('made').touch()\n"
    )
    before = contents(project)
    told = rung("validate", str(project), "--json")
    assert (told.code, document(told.out)["verdict"]) == (0, "passed"), told
    assert contents(project) == before


def test_other_programs_can_read_it(rung: Rung, project: Path, mode: str) -> None:
    junit = rung("validate", str(project), "--format", "junit", "--stage", "syntax", "--sandbox", mode)
    assert (junit.code, junit.out[:5]) == (0, "<?xml")
    sarif = rung("validate", str(project), "--format", "sarif", "--stage", "syntax", "--sandbox", mode)
    assert json.loads(sarif.out)["version"] == "2.1.0"


def test_a_project_is_judged_in_the_environment_of_its_own(rung: Rung, project: Path) -> None:
    if why := no_sandbox():
        pytest.skip(why)
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", ".venv"), cwd=project, check=True)
    (packages,) = project.glob(".venv/lib/python*/site-packages")
    (packages / "only_there.py").write_text("LENGTH = 1\n")
    (project / "words.py").write_text("import only_there\n" + RIGHT)
    told = rung("validate", str(project), "--json")
    read = document(told.out)
    assert (told.code, read["tests"]["passed"]) == (0, 2), read
    assert read["stages"][0]["command"][0] == str(project / ".venv" / "bin" / "python")


def test_what_fails_in_both_without_saying_where_is_no_pass(rung: Rung, tmp_path: Path, mode: str) -> None:
    files = {"Makefile": "test:\n\t@cat said; exit 1\n", "said": "one thing is wrong\n"}
    folder = TempRepo(tmp_path / "project").commit(files).folder
    (folder / "said").write_text("another thing is wrong\n")
    told = rung("validate", str(folder), "--base", "HEAD", "--json", "--sandbox", mode)
    read = document(told.out)
    assert (told.code, read["verdict"]) == (1, "failed"), told
    assert any("what is new cannot be told" in line for line in read["notices"])


def test_what_a_command_is_told_in_its_environment_reaches_it_in_the_sandbox_too(
    rung: Rung, project: Path, mode: str
) -> None:
    (project / "rung.toml").write_text('[validate.test]\nrun = "test \\"$RUNG_SECONDS\\" = 7"\ntimeout = 7\n')
    told = rung("validate", str(project), "--json", "--stage", "test", "--sandbox", mode)
    assert (told.code, document(told.out)["verdict"]) == (0, "passed"), told
