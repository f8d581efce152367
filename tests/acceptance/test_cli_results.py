"""What becomes of a result: a branch, a patch, the user's own files, and back again; nothing of theirs is lost."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Rung, Told, command
from tests.acceptance.skeleton import BROKEN, FILES, MENDED, Project

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "run.schema.json").read_text())
STRACE = shutil.which("strace")
NAMES = ("a.txt", "b.txt", "deep/c.txt")
THREE_FILES = """\
version: 1
name: three
nodes:
  change:
    prompt: Write two everywhere.
    files: [a.txt, b.txt, deep/c.txt]
    tier: local
    validate: [{ run: grep -q two a.txt }]
"""
PARTIAL = "  broken:\n    needs: mend\n    run: exit 3\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(tmp_path, models=("large",), check="grep -Fq 'a + b' calc.py")


@pytest.fixture
def ask(here: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> Rung:
    """``rung`` in the project, as its user."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))

    def call(*arguments: str, cwd: Path = project.folder) -> Told:
        return here(*arguments, "--quiet", cwd=cwd)

    return call


def document(told: Told) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(told.out)
    Draft202012Validator(SCHEMA).validate(read)
    return read


def mended(belongings: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The same with the result in it."""
    return {**belongings, "calc.py": MENDED.encode()}


def test_an_applied_result_comes_into_the_files_and_nothing_else_changes(ask: Rung, project: Project) -> None:
    before = project.belongings()
    told = ask("run", "fix.yaml", "--apply", "--json")
    assert (told.code, told.err) == (0, "")
    read = document(told)
    result = read["result"]
    assert (result["applied"], result["patch_file"], result["branch"]) == (True, None, f"rung/{read['run']}")
    assert project.belongings() == mended(before), "staged, unstaged and untracked work is as it was, and so the index"
    assert project.repository.git("rev-parse", result["branch"]) == result["commit"]
    backup = project.refs()[f"refs/rung/{read['run']}/backup"]
    assert project.repository.blob(backup, "calc.py") == BROKEN.encode()
    assert project.repository.blob(backup, "notes.txt") == before["notes.txt"]


def test_an_applied_result_can_be_taken_back_once(ask: Rung, project: Project) -> None:
    before = project.belongings()
    run = document(ask("run", "fix.yaml", "--apply", "--json"))["run"]
    assert document(ask("show", "--json"))["result"]["applied"]
    told = ask("undo")
    assert (told.code, told.out, told.err) == (0, f"1 file as before run {run} was applied\n", "")
    assert project.belongings() == before
    assert not document(ask("show", "--json"))["result"]["applied"]
    told = ask("undo")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"rung: nothing of run {run} is applied to your files (")
    assert ask("resume", run, "--apply").code == 0
    assert project.belongings() == mended(before)


def test_without_a_wish_the_files_stay_as_they_were(ask: Rung, project: Project) -> None:
    before = project.belongings()
    for option in ([], ["--branch"]):
        read = document(ask("run", "fix.yaml", "--json", *option))
        assert (read["result"]["applied"], read["result"]["patch_file"]) == (False, None)
        assert read["result"]["branch"]
    assert project.belongings() == before


def test_a_file_that_was_changed_meanwhile_is_named_and_nothing_is_applied(ask: Rung, project: Project) -> None:
    gate = "  more: { kind: gate, needs: mend, prompt: Go on? }\n"
    project.repository.write({"fix.yaml": (project.folder / "fix.yaml").read_text() + gate})
    run = document(ask("run", "fix.yaml", "--apply", "--json"))["run"]
    project.repository.write({"calc.py": BROKEN + "# mine\n"})
    before = project.belongings()
    assert ask("answer", run, "more", "approve").code == 0
    told = ask("resume", run, "--apply")
    assert told.code == 1
    assert told.out.startswith("fix succeeded\n")
    assert told.err == (
        "rung: the result is not handed over: these files were changed meanwhile, so nothing was applied: calc.py"
        " (commit or move them first)\n"
    )
    assert project.belongings() == before
    assert project.repository.blob(f"rung/{run}", "calc.py") == MENDED.encode()
    project.repository.write({"calc.py": BROKEN})
    assert ask("resume", run, "--apply").code == 0
    assert (project.folder / "calc.py").read_text() == MENDED


def test_what_was_changed_since_is_not_taken_back(ask: Rung, project: Project) -> None:
    assert ask("run", "fix.yaml", "--apply").code == 0
    project.repository.write({"calc.py": MENDED + "# mine\n"})
    before = project.belongings()
    told = ask("undo")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "rung: these files were changed since, so nothing was taken back: calc.py (bring them back as applied first)\n"
    )
    assert project.belongings() == before


def test_a_patch_is_written_once_and_gives_the_same_files(ask: Rung, project: Project) -> None:
    before = project.belongings()
    told = ask("run", "fix.yaml", "--patch", "out/here", "--json")
    read, folder = document(told), project.folder / "out" / "here"
    assert (told.code, read["result"]["patch_file"]) == (0, str(folder / "patch.diff"))
    assert json.loads((folder / "report.json").read_text()) == read
    again = ask("run", "fix.yaml", "--patch", "out/here")
    assert (again.code, again.out) == (2, "")
    assert again.err == f"rung: {folder / 'patch.diff'}: it exists (name another folder)\n"
    assert project.billed()["large"] == 1, "that was found out before anybody was asked"
    patch = folder.rename(project.folder.parent / "patch") / "patch.diff"
    (project.folder / "out").rmdir()
    assert project.belongings() == before
    project.repository.git("apply", str(patch))
    assert project.belongings() == mended(before)


def test_an_earlier_run_gives_its_patch_too(ask: Rung, tmp_path: Path) -> None:
    run = document(ask("run", "fix.yaml", "--json"))["run"]
    told = ask("resume", run, "--patch", str(tmp_path / "out"), "--json")
    assert told.code == 0
    assert document(told)["result"]["patch_file"] == str(tmp_path / "out" / "patch.diff")
    assert (tmp_path / "out" / "patch.diff").read_text() == ask("diff").out
    (tmp_path / "out" / "report.json").unlink()  # as after a kill between the two
    assert ask("resume", run, "--patch", str(tmp_path / "out")).code == 0
    assert (tmp_path / "out" / "report.json").exists()


def test_wishes_that_exclude_each_other_are_refused(ask: Rung) -> None:
    ask("run", "fix.yaml")
    for verb in (["run", "fix.yaml"], ["resume"]):
        for options in (["--apply", "--branch"], ["--patch", "x", "--apply"]):
            told = ask(*verb, *options)
            assert (told.code, told.out) == (2, "")
            what = "rung: --apply, --branch and --patch exclude each other"
            assert told.err == f"{what} (see 'rung {verb[0]} --help')\n"


def test_what_a_run_landed_that_did_not_succeed_is_applied_only_when_asked_for_again(
    ask: Rung, project: Project
) -> None:
    project.repository.write({"fix.yaml": (project.folder / "fix.yaml").read_text() + PARTIAL})
    before = project.belongings()
    told = ask("run", "fix.yaml", "--apply", "--json")
    run = document(told)["run"]
    assert told.code == 3
    assert told.err == (
        "rung: note: the result is not applied to your files: the run is partial"
        f" (to apply it all the same: rung resume {run} --apply)\n"
    )
    assert project.belongings() == before
    assert ask("resume", run).code == 3
    assert project.belongings() == before
    assert ask("resume", run, "--apply").code == 3
    assert project.belongings() == mended(before)


def plain_folder(folder: Path, project: Project, *, git: bool) -> Path:
    """The project's files without a commit, in a repository or not."""
    folder.mkdir()
    if git:
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    shutil.copy(project.folder / "fix.yaml", folder)
    return folder


@pytest.mark.parametrize("git", [False, True], ids=["no repository", "no commit"])
def test_where_there_is_no_commit_a_result_is_applied_or_becomes_a_patch(
    ask: Rung, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, git: bool
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    plain = plain_folder(tmp_path / "plain", project, git=git)
    told = ask("run", "fix.yaml", "--patch", "out", "--json", cwd=plain)
    assert (told.code, document(told)["result"]["branch"]) == (0, None), told.err
    patch = (plain / "out" / "patch.diff").read_text()
    assert "-    return a - b\n+    return a + b" in patch
    assert (plain / "calc.py").read_text() == BROKEN
    assert ask("diff", cwd=plain).out == patch
    assert ask("resume", "--apply", cwd=plain).code == 0
    assert (plain / "calc.py").read_text() == MENDED
    assert ask("undo", cwd=plain).code == 0
    assert (plain / "calc.py").read_text() == BROKEN
    told = ask("run", "fix.yaml", "--apply", cwd=plain)
    assert told.code == 0
    assert "Look at it: rung diff " in told.out
    assert (plain / "calc.py").read_text() == MENDED


@pytest.mark.parametrize("kind", ["detached", "linked"])
def test_a_detached_head_and_a_linked_work_tree_are_served_alike(
    ask: Rung, project: Project, tmp_path: Path, kind: str
) -> None:
    folder = project.folder
    if kind == "detached":
        project.repository.git("checkout", "--quiet", "--detach")
    else:
        folder = tmp_path / "linked"
        project.repository.git("worktree", "add", "--quiet", str(folder), "-b", "other")
    head = TempRepo.at(folder).git("rev-parse", "HEAD")
    told = ask("run", "fix.yaml", "--apply", "--json", cwd=folder)
    assert told.code == 0, told.err
    assert (folder / "calc.py").read_text() == MENDED
    assert TempRepo.at(folder).git("rev-parse", "HEAD") == head
    assert TempRepo.at(folder).git("diff", "--name-only", "--", "calc.py") == "calc.py"
    if kind == "linked":
        assert (project.folder / "calc.py").read_text() == BROKEN
    assert ask("undo", cwd=folder).code == 0
    assert (folder / "calc.py").read_text() == BROKEN


@pytest.mark.parametrize(("take", "first"), [(["--with-uncommitted=tracked"], "and more"), ([], "one")])
def test_uncommitted_work_is_taken_along_when_asked(ask: Rung, project: Project, take: list[str], first: str) -> None:
    notes = "version: 1\nname: notes\nnodes:\n  write:\n    prompt: x\n    files: [notes.txt]\n    tier: local\n"
    project.repository.write({"notes.yaml": notes + "    validate: [{ run: test -s notes.txt }]\n"})
    block = f"notes.txt\n<<<<<<< SEARCH\n{first}\n=======\nchanged\n>>>>>>> REPLACE\n"
    (project.home / "large.json").write_text(json.dumps({"replies": [{"text": block}]}))
    told = ask("run", "notes.yaml", "--apply", *take)
    if take:
        assert (told.code, told.err) == (0, "")
        assert (project.folder / "notes.txt").read_text() == "one\nstaged\nchanged\n"
        assert project.repository.git("show", ":notes.txt") == "one\nstaged", "what is staged is as it was"
        assert ask("undo").code == 0
    else:
        assert told.code == 1
        assert "so nothing was applied: notes.txt" in told.err
    assert (project.folder / "notes.txt").read_text() == "one\nstaged\nand more\n"


def test_new_files_are_taken_along_with_all(ask: Rung, project: Project) -> None:
    sees = (project.folder / "fix.yaml").read_text().replace("run: grep", "run: test -e untracked.txt && grep")
    project.repository.write({"fix.yaml": sees})
    assert ask("run", "fix.yaml").code == 1, "the check needs the file"
    assert ask("run", "fix.yaml", "--with-uncommitted", "tracked").code == 1
    assert ask("run", "fix.yaml", "--with-uncommitted", "all").code == 0
    assert ask("run", "fix.yaml", "--with-uncommitted", "some").code == 2


def test_the_difference_is_a_patch_where_it_is_piped_and_a_table_when_asked(ask: Rung, project: Project) -> None:
    branch = document(ask("run", "fix.yaml", "--json"))["result"]["branch"]
    told = ask("diff")
    assert told.code == 0
    assert told.out == project.repository.git("diff", "--full-index", "--binary", f"HEAD...{branch}") + "\n"
    assert ask("diff", branch.removeprefix("rung/"), "--stat").out == "calc.py  +1  -1\n1 file, +1 -1\n"


def test_the_difference_of_a_run_that_landed_nothing_is_said_to_be_none(ask: Rung, project: Project) -> None:
    project.configure(())
    assert ask("run", "fix.yaml").code == 5
    told = ask("diff")
    assert (told.code, told.out) == (0, "")
    assert told.err.endswith(" has landed nothing\n")
    project.repository.write({"plain.yaml": "version: 1\nname: p\nnodes:\n  one: { run: 'true' }\n"})
    assert ask("run", "plain.yaml", "--apply").code == 0
    told = ask("diff")
    assert (told.code, told.out) == (2, "")
    assert "has no result of its own" in told.err


def test_cleaning_keeps_what_can_still_be_taken_back(ask: Rung, project: Project) -> None:
    run = document(ask("run", "fix.yaml", "--apply", "--json"))["run"]
    told = ask("gc", "--keep", "0", "--yes", "--json")
    assert json.loads(told.out)["kept"] == [
        {"run": run, "why": "its result is in your files, and rung undo can take it back"}
    ]
    assert f"refs/rung/{run}/backup" in project.refs()
    assert ask("undo").code == 0
    assert [one["run"] for one in json.loads(ask("gc", "--keep", "0", "--yes", "--json").out)["runs"]] == [run]
    assert [ref for ref in project.refs() if ref.startswith("refs/rung/")] == []


PLACES = [pytest.param(1, marks=pytest.mark.soak), 2, pytest.param(3, marks=pytest.mark.soak)]
"""Before which of the three files an engine is killed."""


@pytest.fixture
def killed(project: Project) -> Callable[[int], Mapping[str, str]]:
    """Runs an engine that is killed just before it puts the n-th of three files in place; what the files are then."""
    if STRACE is None:
        pytest.skip("there is no strace")
    project.repository.commit({**dict.fromkeys(NAMES, "one\n"), "three.yaml": THREE_FILES})
    block = "\n<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n"
    (project.home / "large.json").write_text(json.dumps({"replies": [{"text": "".join(n + block for n in NAMES)}]}))

    def kill(place: int) -> Mapping[str, str]:
        options = (
            "-f",
            "-qq",
            "-o",
            os.devnull,
            "-e",
            "trace=renameat",
            "-e",
            f"inject=renameat:signal=KILL:when={place}",
        )
        done = subprocess.run(
            [str(STRACE), *options, *command("run", "three.yaml", "--apply", "--quiet")],
            cwd=project.folder,
            env={**project.environment},
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == -9, done.stderr
        return {name: (project.folder / name).read_text() for name in NAMES}

    return kill


def files(project: Project) -> set[str]:
    return {(project.folder / name).read_text() for name in NAMES}


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_application_is_finished_by_resume(
    ask: Rung, project: Project, killed: Callable[[int], Mapping[str, str]], place: int
) -> None:
    assert list(killed(place).values()).count("two\n") == place - 1
    told = ask("resume")
    assert told.code == 0
    assert "rung: note: what was interrupted on its way into your files has been finished\n" in told.err
    assert files(project) == {"two\n"}
    assert project.billed()["large"] == 1
    assert ask("undo").code == 0
    assert files(project) == {"one\n"}
    assert not list(project.folder.rglob(".rung-unfinished"))


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_application_is_taken_out_by_undo(
    ask: Rung, project: Project, killed: Callable[[int], Mapping[str, str]], place: int
) -> None:
    before = project.belongings()
    killed(place)
    told = ask("undo")
    assert told.code == 0, told.err
    assert files(project) == {"one\n"}
    assert {name: content for name, content in project.belongings().items() if name in before} == {
        **before,
        **{name: project.belongings()[name] for name in ("index", *NAMES, "three.yaml")},
    }
    told = ask("resume")
    assert (told.code, files(project)) == (0, {"one\n"}), "what was taken out stays out"


def test_what_somebody_changed_after_a_kill_is_neither_finished_nor_taken_out(
    ask: Rung, project: Project, killed: Callable[[int], Mapping[str, str]]
) -> None:
    killed(2)
    project.repository.write({"b.txt": "mine\n"})
    before = project.belongings()
    for verb, code in ((["resume"], 1), (["undo"], 1)):
        told = ask(*verb)
        assert told.code == code
        assert "b.txt" in told.err
        assert project.belongings() == before
