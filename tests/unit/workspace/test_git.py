"""The one way to call git: its environment, its version, its failures."""

import os
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from orchestrator.errors import GitBusyError, GitError, GitVersionError, RefMovedError, RepositoryError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.git import Git, Place, engine_environment, user_environment
from orchestrator.workspace.git.failures import failure
from orchestrator.workspace.git.version import check_version
from orchestrator.workspace.refslock import process_start

pytestmark = pytest.mark.anyio


def program(folder: Path, script: str) -> dict[str, str]:
    """Variables under which ``git`` is ``script``."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / "git").chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


async def test_without_git_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(GitVersionError, match=r"^git is not installed \(install git"):
        await Git.find({"PATH": str(tmp_path)})


async def test_an_old_git_is_refused_when_it_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(GitVersionError, match=r"^git 2\.37 is too old \(install git 2\.39 or newer\)$"):
        await Git.find(program(tmp_path / "bin", "echo git version 2.37.1"))


@pytest.mark.parametrize(
    ("told", "version"),
    [("git version 2.39.5\n", (2, 39)), ("git version 2.50.1 (Apple Git-155)", (2, 50)), ("git version 3.0", (3, 0))],
)
def test_versions_are_read_as_vendors_write_them(told: str, version: tuple[int, int]) -> None:
    assert check_version(told) == version


def test_a_git_that_tells_no_version_is_refused() -> None:
    with pytest.raises(GitVersionError, match="does not tell its version: 'gut'"):
        check_version("gut")


def test_nothing_of_the_callers_environment_reaches_git_but_paths() -> None:
    environ = {"PATH": "/bin", "GIT_DIR": "/evil", "GIT_EXTERNAL_DIFF": "evil", "HOME": "/home/u", "LD_PRELOAD": "x"}
    engine, user = engine_environment(environ), user_environment(environ)
    assert "GIT_DIR" not in engine | user
    assert "GIT_EXTERNAL_DIFF" not in engine | user
    assert "LD_PRELOAD" not in engine | user
    assert "HOME" not in engine
    assert user["HOME"] == "/home/u"
    assert engine["GIT_CONFIG_GLOBAL"] == os.devnull


async def test_the_environment_holds_at_the_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("SECRET", "s3cret")
    repo = TempRepo(tmp_path / "p")
    script = f'[ "$1" = version ] || env > {tmp_path}/seen; PATH=${{PATH#*:}}; exec git "$@"'
    git = await Git.find({**os.environ, **program(tmp_path / "bin", script)})
    await git.run(("rev-parse", "--git-dir"), Place(git_dir=repo.folder / ".git", work_tree=repo.folder))
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    assert f"GIT_DIR={repo.folder}/.git\n" in seen
    assert f"GIT_WORK_TREE={repo.folder}\n" in seen
    assert "GIT_INDEX_FILE=" in seen
    assert "s3cret" not in seen
    assert not (tmp_path / "trace").exists()


async def test_a_failure_carries_the_call_its_exit_code_and_git_s_last_words(project: TempRepo) -> None:
    git = await Git.find()
    with pytest.raises(GitError) as caught:
        await git.run(("cat-file", "blob", "0" * 40), Place(git_dir=project.git_dir))
    assert caught.value.argv == ("git", "cat-file", "blob", "0" * 40)
    assert caught.value.git_exit_code == 128
    assert str(caught.value).startswith("git cat-file failed (exit code 128): fatal: ")
    assert "\n" not in str(caught.value)


async def test_input_that_git_does_not_read_hides_no_error(project: TempRepo) -> None:
    git = await Git.find()
    with pytest.raises(GitError, match="Not a valid object name"):
        await git.run(("read-tree", "no-such-tree"), Place(git_dir=project.git_dir), stdin=b"x" * 10_000_000)


async def test_a_git_that_was_killed_is_a_failure(project: TempRepo, tmp_path: Path) -> None:
    script = '[ "$1" = version ] && echo git version 2.39.5 || kill -9 $$'
    git = await Git.find({**os.environ, **program(tmp_path / "bin", script)})
    with pytest.raises(GitError) as caught:
        await git.run(("rev-parse", "HEAD"), Place(git_dir=project.git_dir))
    assert caught.value.git_exit_code == -9


async def test_a_cancellation_ends_git(project: TempRepo, tmp_path: Path) -> None:
    script = f'[ "$1" = version ] && echo git version 2.39.5 && exit; echo $$ > {tmp_path}/pid; exec sleep 60'
    git = await Git.find({**os.environ, **program(tmp_path / "bin", script)})
    pid = tmp_path / "pid"
    async with anyio.create_task_group() as group:
        group.start_soon(git.run, ("rev-parse", "HEAD"), Place(git_dir=project.git_dir))
        while not pid.exists() or not pid.read_text(encoding="ascii").strip():
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert not process_start(int(pid.read_text(encoding="ascii")))


async def test_a_call_that_moves_references_is_not_cut_off(project: TempRepo, tmp_path: Path) -> None:
    wait = f"touch {tmp_path}/begun; while [ ! -e {tmp_path}/go ]; do :; done; echo whole > {tmp_path}/done"
    script = f'[ "$1" = version ] && echo git version 2.39.5 && exit; {wait}'
    git = await Git.find({**os.environ, **program(tmp_path / "bin", script)})
    async with anyio.create_task_group() as group:
        group.start_soon(git.finish, ("update-ref", "x", "y"), Place(git_dir=project.git_dir))
        while not (tmp_path / "begun").exists():
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
        (tmp_path / "go").touch()
    assert (tmp_path / "done").read_text(encoding="ascii") == "whole\n"


async def test_a_sealed_repository_with_another_configuration_is_not_touched(project: TempRepo) -> None:
    config = project.git_dir / "config"
    git = (await Git.find()).sealing(project.git_dir, config.read_bytes())
    place = Place(git_dir=project.git_dir)
    await git.run(("rev-parse", "HEAD"), place)
    config.write_bytes(config.read_bytes() + b"[alias]\n\tx = !evil\n")
    with pytest.raises(RepositoryError, match="was changed by somebody else"):
        await git.run(("rev-parse", "HEAD"), place)


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        (b"error: Unable to create '/p/packed-refs.lock': File exists.\n", GitBusyError),
        (b"fatal: update_ref failed for ref 'r': cannot lock ref 'r': is at 12 but expected 34\n", RefMovedError),
        (b"fatal: update_ref failed for ref 'r': cannot lock ref 'r': reference already exists\n", RefMovedError),
        (b"fatal: cannot lock ref 'r': 'refs/heads' exists; cannot create 'r'\n", GitError),
        (b"\xff\n", GitError),
        (b"", GitError),
    ],
)
def test_last_words_decide_which_error_it_is(stderr: bytes, kind: type[GitError]) -> None:
    error = failure(("git", "update-ref"), 128, stderr=stderr)
    assert type(error) is kind
    assert str(error)
