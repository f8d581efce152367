"""Which repository a run works on."""

from pathlib import Path

import pytest

from orchestrator.errors import RepositoryError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.discovery import find_repository
from orchestrator.workspace.git import Git

pytestmark = pytest.mark.anyio


async def test_any_folder_of_a_work_tree_leads_to_its_repository(project: TempRepo) -> None:
    found = await find_repository(await Git.find(), project.folder / "src")
    assert found
    assert (found.work_tree, found.git_dir, found.common_dir) == (project.folder, *(project.folder / ".git",) * 2)
    assert (found.head, found.branch, found.object_format) == (project.head, "refs/heads/main", "sha1")


async def test_a_folder_without_a_repository_has_none(tmp_path: Path) -> None:
    assert await find_repository(await Git.find(), tmp_path) is None


async def test_before_the_first_commit_there_is_a_branch_and_no_head(tmp_path: Path) -> None:
    found = await find_repository(await Git.find(), TempRepo(tmp_path / "p").folder)
    assert found
    assert (found.head, found.branch) == (None, "refs/heads/main")


async def test_a_detached_head_has_no_branch(project: TempRepo) -> None:
    project.git("checkout", "--quiet", "--detach")
    found = await find_repository(await Git.find(), project.folder)
    assert found
    assert (found.head, found.branch) == (project.head, "")


async def test_a_linked_work_tree_shares_the_repository_and_has_its_own_head(project: TempRepo, tmp_path: Path) -> None:
    project.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    found = await find_repository(await Git.find(), tmp_path / "linked")
    assert found
    assert found.work_tree == tmp_path / "linked"
    assert found.common_dir == project.folder / ".git"
    assert found.git_dir == project.folder / ".git" / "worktrees" / "linked"
    assert found.branch == "refs/heads/side"


async def test_a_bare_repository_has_no_work_tree(project: TempRepo, tmp_path: Path) -> None:
    project.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    found = await find_repository(await Git.find(), tmp_path / "bare.git")
    assert found
    assert (found.work_tree, found.head) == (None, project.head)


async def test_inside_of_dot_git_is_no_place_to_work(project: TempRepo) -> None:
    with pytest.raises(RepositoryError, match=r"bare repository inside|inside a \.git folder"):
        await find_repository(await Git.find(), project.folder / ".git")


async def test_a_damaged_repository_is_refused_with_git_s_reason(project: TempRepo) -> None:
    (project.git_dir / "config").write_text("[core\n", encoding="utf-8")
    with pytest.raises(RepositoryError, match=r"^git refuses .*bad config"):
        await find_repository(await Git.find(), project.folder)


async def test_a_path_with_a_line_break_is_told(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="line break"):
        await find_repository(await Git.find(), TempRepo(tmp_path / "a\nb").folder)


async def test_the_callers_own_git_variables_lead_nowhere_else(
    project: TempRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = TempRepo(tmp_path / "other").commit({"x": "x"})
    monkeypatch.setenv("GIT_DIR", str(other.git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    found = await find_repository(await Git.find(), project.folder)
    assert found
    assert found.head == project.head
