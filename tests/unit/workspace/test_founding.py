"""What a run takes over from the user's repository, and that it leaves the user's repository alone."""

import shutil
from pathlib import Path

import pytest

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.tree import TreeId
from orchestrator.errors import GitError, RepositoryError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.alternates import object_stores, write_alternates
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing
from orchestrator.workspace.values import Uncommitted
from tests.unit.workspace.observing import RUN, edit, state_of

pytestmark = pytest.mark.anyio


async def paths_of(run: RunRepository, tree: TreeId | None = None) -> set[str]:
    return set(await listing(run.store, tree or run.facts.tree))


async def test_a_run_begins_at_head_and_changes_nothing_of_the_users(project: TempRepo) -> None:
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN) as run:
        assert (run.facts.base, run.facts.tree) == (project.head, project.tree)
        assert await run.head() == project.head
        assert run.store.folder.is_relative_to(project.git_dir / "rung")
    assert state_of(project) == before


async def test_objects_are_borrowed_not_copied(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        own = [path for path in (run.store.git_dir / "objects").rglob("*") if len(path.name) == 38]
        assert own == []
        assert await run.read(run.facts.tree, ["a.txt"]) == {"a.txt": b"one\n"}


async def test_the_pinned_base_survives_the_users_gc(project: TempRepo) -> None:
    lost = project.commit({"a.txt": "lost\n"}).head
    async with await RunRepository.create(project.folder, RUN) as run:
        project.git("reset", "--quiet", "--hard", "HEAD~1")
        project.git("reflog", "expire", "--expire=all", "--all")
        project.git("gc", "--quiet", "--prune=now")
        assert await run.read(run.facts.tree, ["a.txt"]) == {"a.txt": b"lost\n"}
        project.git("update-ref", "-d", f"refs/rung/{RUN}/base")  # the control: without the pin it is gone
        project.git("gc", "--quiet", "--prune=now")
    with pytest.raises(Exception, match="cat-file"):
        project.git("cat-file", "-e", lost)


def chain(folder: Path, length: int) -> TempRepo:
    """Repositories each of which borrows from the one before; only the first has a commit of its own."""
    head = TempRepo(folder / "0").commit({"deep": "deep\n"}).head
    for number in range(1, length + 1):
        repo = TempRepo(folder / str(number))
        stores = f"../../../{number - 1}/.git/objects\n"
        repo.write({".git/objects/info/alternates": stores, ".git/refs/heads/main": f"{head}\n"})
    return TempRepo.at(folder / str(length))


async def test_a_chain_of_borrowing_stores_is_followed_to_its_end(tmp_path: Path) -> None:
    repo = chain(tmp_path, 6)  # as long as git itself can follow
    stores = tuple(tmp_path / str(number) / ".git" / "objects" for number in range(6, -1, -1))
    async with await RunRepository.create(repo.folder, RUN) as run:
        assert object_stores(repo.folder / ".git" / "objects") == stores
        assert await run.read(run.facts.tree, ["deep"]) == {"deep": b"deep\n"}
        write_alternates(run.store.git_dir / "objects", stores[:1])  # the control: one more link is too many
        with pytest.raises(GitError):
            await run.read(run.facts.tree, ["deep"])


def test_alternates_are_read_as_they_are_written(tmp_path: Path) -> None:
    names = ['quote"d', "line\nbreak", "#hash", "back\\slash", "ünï", "plain"]
    for name in names:
        (tmp_path / name).mkdir()
    store = tmp_path / "store"
    write_alternates(store, tuple(tmp_path / name for name in names))
    assert object_stores(store) == (store, *(tmp_path / name for name in names))


async def test_sha256_repositories_work_the_same(tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "p", object_format="sha256").commit({"a.txt": "one\n"})
    async with await RunRepository.create(repo.folder, RUN) as run:
        ours = await run.write_tree(run.facts.tree, [edit("a.txt", "two\n")])
        theirs = await run.write_tree(run.facts.tree, [edit("new", "n\n", before=None)])
        merged = await run.merge(run.facts.tree, ours=ours, theirs=theirs)
        assert len(ours) == 64
        assert await paths_of(run, getattr(merged, "tree", None)) == {"a.txt", "new"}
        commit = await run.commit(ours, [run.facts.base], message="x")
        await run.results.publish(commit)
    assert repo.blob(f"rung/{RUN}", "a.txt") == b"two\n"


async def test_a_shallow_clone_stays_shallow(project: TempRepo, tmp_path: Path) -> None:
    project.commit({"a.txt": "second\n"})
    project.git("clone", "--quiet", "--depth=1", project.folder.as_uri(), str(tmp_path / "shallow"))
    repo = TempRepo(tmp_path / "shallow")
    async with await RunRepository.create(repo.folder, RUN) as run:
        assert (run.store.git_dir / "shallow").read_bytes() == (repo.git_dir / "shallow").read_bytes()
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "third\n")])
        commit = await run.commit(tree, [run.facts.base], message="x")
        await run.keep(NodeId("n"), commit, attempt=1)
        await run.results.publish(commit)
    assert repo.blob(f"rung/{RUN}", "a.txt") == b"third\n"
    repo.git("fsck")


@pytest.mark.parametrize("kept", ["blob:none", "tree:0"])
async def test_a_partial_clone_is_filled_before_the_run(project: TempRepo, tmp_path: Path, kept: str) -> None:
    project.git("config", "uploadpack.allowFilter", "true")
    project.git("config", "uploadpack.allowAnySHA1InWant", "true")
    url = project.folder.as_uri()
    project.git("clone", "--quiet", f"--filter={kept}", "--no-checkout", url, str(tmp_path / "partial"))
    repo = TempRepo(tmp_path / "partial")
    assert "?" in repo.git("rev-list", "--objects", "--missing=print", "HEAD")
    async with await RunRepository.create(repo.folder, RUN) as run:
        shutil.rmtree(project.folder)
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert (out.folder / "src" / "b.txt").read_bytes() == b"b\n" * 30
        commit = await run.commit(
            await run.write_tree(run.facts.tree, [edit("a.txt", "x\n")]), [run.facts.base], message="x"
        )
        await run.results.publish(commit)


async def test_a_partial_clone_whose_remote_is_gone_is_refused_clearly(project: TempRepo, tmp_path: Path) -> None:
    project.git("config", "uploadpack.allowFilter", "true")
    url = project.folder.as_uri()
    project.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", url, str(tmp_path / "partial"))
    shutil.rmtree(project.folder)
    with pytest.raises(RepositoryError, match=r"partial clone, and 'origin' cannot be reached.*git fetch --refetch"):
        await RunRepository.create(tmp_path / "partial", RUN)


async def test_both_exclude_files_are_carried_over(project: TempRepo, clean_environment: Path) -> None:
    (project.git_dir / "info").mkdir(exist_ok=True)
    (project.git_dir / "info" / "exclude").write_text(".venv/\n", encoding="utf-8")
    project.write({".git/excludes": ".env\n"}).git("config", "core.excludesFile", ".git/excludes")
    project.write({".env": "SECRET=1\n", ".venv/x": "x", "new.txt": "n\n", "a.log": "x"})
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        assert await paths_of(run) == {".gitignore", "a.txt", "src/b.txt", "tool.sh", "new.txt"}
        out = await run.check_out(run.facts.tree, clean_environment / "out")
        (out.folder / ".env").write_text("SECRET=2\n", encoding="utf-8")
        assert await out.collect() == run.facts.tree


async def test_the_users_default_exclude_file_counts_too(
    project: TempRepo, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clean_environment / "config" / "git"
    folder.mkdir(parents=True)
    (folder / "ignore").write_text(".env\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(clean_environment / "config"))
    project.write({".env": "SECRET=1\n"})
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        assert ".env" not in await paths_of(run)


async def test_line_ends_are_converted_as_the_user_has_set(project: TempRepo, tmp_path: Path) -> None:
    project.commit(
        {".gitattributes": "*.txt text\n*.bat text eol=crlf\n*.bin -text\n", "r.bat": "x\n", "d.bin": "\r\n"}
    )
    project.git("config", "core.autocrlf", "true")
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        found = {name: (out.folder / name).read_bytes() for name in ("a.txt", "r.bat", "d.bin", "tool.sh")}
        assert found == {"a.txt": b"one\r\n", "r.bat": b"x\r\n", "d.bin": b"\r\n", "tool.sh": b"#!/bin/sh\r\n"}
        assert await out.collect() == run.facts.tree
        (out.folder / "a.txt").write_bytes(b"two\r\n")
        assert await run.read(await out.collect(), ["a.txt"]) == {"a.txt": b"two\n"}
        edited = await run.write_tree(run.facts.tree, [edit("a.txt", "three\r\n"), edit("d.bin", "\r\n\r\n")])
        assert await run.read(edited, ["a.txt", "d.bin"]) == {"a.txt": b"three\n", "d.bin": b"\r\n\r\n"}


async def test_info_attributes_hold(project: TempRepo, tmp_path: Path) -> None:
    (project.git_dir / "info").mkdir(exist_ok=True)
    (project.git_dir / "info" / "attributes").write_text("a.txt text eol=crlf\n", encoding="utf-8")
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert (out.folder / "a.txt").read_bytes() == b"one\r\n"


async def test_pointers_of_large_files_stay_pointers(project: TempRepo, tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5\n"
    project.commit({".gitattributes": "*.big filter=lfs diff=lfs merge=lfs -text\n", "x.big": pointer})
    project.git("config", "filter.lfs.clean", "git-lfs clean -- %f")
    project.git("config", "filter.lfs.smudge", "git-lfs smudge -- %f")
    project.write({"x.big": "large\n", "a.txt": "two\n"})
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        assert await run.read(run.facts.tree, ["x.big", "a.txt"]) == {"x.big": pointer.encode(), "a.txt": b"two\n"}
        assert [(left.path, "filter driver" in left.what) for left in run.facts.left_out] == [("x.big", True)]
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert (out.folder / "x.big").read_text(encoding="utf-8") == pointer


def with_submodule(project: TempRepo, tmp_path: Path) -> TempRepo:
    TempRepo(tmp_path / "lib").commit({"lib.c": "int x;\n"})
    allow = ("-c", "protocol.file.allow=always")
    project.git(*allow, "submodule", "--quiet", "add", (tmp_path / "lib").as_uri(), "vendor/lib")
    return project.commit({})


async def test_submodules_come_from_their_own_stores_and_are_read_only(project: TempRepo, tmp_path: Path) -> None:
    repo = with_submodule(project, tmp_path)
    shutil.rmtree(tmp_path / "lib")
    async with await RunRepository.create(repo.folder, RUN) as run:
        (one,) = await run.submodules(run.facts.tree)
        assert (one.path, one.name) == ("vendor/lib", "vendor/lib")
        assert one.objects == repo.folder / ".git" / "modules" / "vendor" / "lib" / "objects"
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert (out.folder / "vendor" / "lib" / "lib.c").read_text(encoding="utf-8") == "int x;\n"
        assert await out.collect() == run.facts.tree
        (out.folder / "vendor" / "lib" / "lib.c").write_text("int y;\n", encoding="utf-8")
        with pytest.raises(Exception, match=r"vendor/lib/lib\.c: files inside of a submodule may not be changed"):
            await out.collect()


async def test_a_submodule_that_is_not_there_is_an_empty_folder(project: TempRepo, tmp_path: Path) -> None:
    repo = with_submodule(project, tmp_path)
    shutil.rmtree(repo.folder / ".git" / "modules")
    async with await RunRepository.create(repo.folder, RUN) as run:
        assert [one.objects for one in await run.submodules(run.facts.tree)] == [None]
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert list((out.folder / "vendor" / "lib").iterdir()) == []
        (out.folder / "vendor" / "lib" / "x").write_text("x", encoding="utf-8")
        with pytest.raises(Exception, match=r"vendor/lib/x: files inside of a submodule"):
            await out.collect()


async def test_a_submodule_is_a_repository_like_any_other(project: TempRepo, tmp_path: Path) -> None:
    repo = with_submodule(project, tmp_path)
    inner = TempRepo.at(repo.folder / "vendor" / "lib")
    async with await RunRepository.create(inner.folder, RUN) as run:
        assert run.store.folder.is_relative_to(repo.folder / ".git" / "modules" / "vendor" / "lib" / "rung")
        tree = await run.write_tree(run.facts.tree, [edit("lib.c", "int z;\n")])
        await run.results.apply_to_user_tree(run.facts.tree, tree)
    assert inner.git("status", "--short") == " M lib.c"


async def test_a_linked_work_tree_runs_on_its_own_head_and_index(project: TempRepo, tmp_path: Path) -> None:
    project.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    linked = TempRepo.at(tmp_path / "linked").commit({"side.txt": "s\n"}).write({"side.txt": "t\n"})
    async with await RunRepository.create(linked.folder, RUN, take=Uncommitted.TRACKED) as run:
        assert run.store.folder.is_relative_to(project.folder / ".git" / "rung")
        assert await run.read(run.facts.tree, ["side.txt"]) == {"side.txt": b"t\n"}


async def test_a_folder_without_a_repository_becomes_a_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "d").mkdir(parents=True)
    (folder / "d" / "x.py").write_text("x = 1\n", encoding="utf-8")
    (folder / ".gitignore").write_text("*.log\n", encoding="utf-8")
    (folder / "y.log").write_text("no\n", encoding="utf-8")
    async with await RunRepository.create(folder, RUN, state_dir=folder / ".state") as run:
        assert await paths_of(run) == {"d/x.py", ".gitignore"}
        tree = await run.write_tree(run.facts.tree, [edit("d/x.py", "x = 2\n")])
        with pytest.raises(RepositoryError, match="as a patch, or apply it"):
            await run.results.publish(await run.commit(tree, [run.facts.base], message="x"))
        await run.results.apply_to_user_tree(run.facts.tree, tree)
        assert (folder / "d" / "x.py").read_text(encoding="utf-8") == "x = 2\n"
        await run.results.undo()
    assert (folder / "d" / "x.py").read_text(encoding="utf-8") == "x = 1\n"
    assert not (folder / ".git").exists()


async def test_without_a_repository_somebody_must_say_where_to_keep_the_run(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="RUNG_STATE_DIR"):
        await RunRepository.create(tmp_path, RUN)


async def test_before_the_first_commit_all_that_is_not_ignored_is_taken(tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "p").write({"staged": "s\n", "new": "n\n", ".gitignore": "no\n", "no": "no"})
    repo.git("add", "staged")
    before = state_of(repo)
    async with await RunRepository.create(repo.folder, RUN) as run:
        assert await paths_of(run) == {"staged", "new", ".gitignore"}
        assert run.facts.head is None
    assert state_of(repo) == before


async def test_a_bare_repository_gives_its_head(project: TempRepo, tmp_path: Path) -> None:
    project.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    async with await RunRepository.create(tmp_path / "bare.git", RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "two\n")])
        await run.results.publish(await run.commit(tree, [run.facts.base], message="x"))
        with pytest.raises(RepositoryError, match="bare repository has no files"):
            await run.results.apply_to_user_tree(run.facts.tree, tree)


async def test_uncommitted_work_is_not_part_of_the_base_unless_asked(project: TempRepo) -> None:
    project.write({"a.txt": "dirty\n", "new": "n\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        assert run.facts.tree == project.tree


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        (Uncommitted.TRACKED, {"a.txt": b"dirty\n", "staged": b"s\n"}),
        (Uncommitted.ALL, {"a.txt": b"dirty\n", "staged": b"s\n", "new\tname": b"n\n"}),
    ],
)
async def test_uncommitted_work_is_taken_along_when_asked(
    project: TempRepo, take: Uncommitted, expected: dict[str, bytes]
) -> None:
    project.write({"staged": "s\n"}).git("add", "staged")
    project.write({"a.txt": "dirty\n", "new\tname": "n\n", "x.log": "ignored", "src/b.txt": None})
    (project.folder / "tool.sh").chmod(0o644)
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN, take=take) as run:
        assert await run.read(run.facts.tree, ["a.txt", "staged", "new\tname", "x.log", "src/b.txt"]) == expected
        assert (await listing(run.store, run.facts.tree))["tool.sh"].mode == "100644"
        assert run.facts.head == project.head
        assert project.git("status", "--short")
    assert state_of(project) == before


async def test_uncommitted_work_amid_a_merge_is_refused(project: TempRepo) -> None:
    project.git("checkout", "--quiet", "-b", "side")
    project.commit({"a.txt": "side\n"}).git("checkout", "--quiet", "main")
    project.commit({"a.txt": "main\n"})
    with pytest.raises(Exception, match="merge"):
        project.git("merge", "side")
    with pytest.raises(RepositoryError, match=r"a merge is under way: 'a\.txt' is not decided"):
        await RunRepository.create(project.folder, RUN, take=Uncommitted.TRACKED)


@pytest.mark.parametrize("setting", ["core.splitIndex", "core.untrackedCache", "index.sparse"])
async def test_unusual_indexes_are_understood(project: TempRepo, setting: str) -> None:
    project.git("config", setting, "true")
    project.git("update-index", "--split-index" if "split" in setting else "--refresh")
    project.commit({"z.txt": "z\n"}).write({"a.txt": "dirty\n"})
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.TRACKED) as run:
        assert await run.changed_paths(TreeId(project.tree), run.facts.tree) == ("a.txt",)
    assert state_of(project) == before


async def test_a_sparse_checkout_loses_nothing(project: TempRepo) -> None:
    project.git("sparse-checkout", "set", "--no-cone", "a.txt")
    assert not (project.folder / "src").exists()
    project.write({"a.txt": "dirty\n"})
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        assert await run.changed_paths(TreeId(project.tree), run.facts.tree) == ("a.txt",)


async def test_files_edited_within_the_same_second_and_size_are_seen(project: TempRepo) -> None:
    for number in range(10):
        project.commit({"a.txt": f"{number:04}\n"})
        project.write({"a.txt": f"{number:03}x\n"})
        async with await RunRepository.create(project.folder, RunId(f"s{number}"), take=Uncommitted.TRACKED) as run:
            assert await run.read(run.facts.tree, ["a.txt"]) == {"a.txt": f"{number:03}x\n".encode()}


async def test_a_run_is_made_once_and_opened_again(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        facts = run.facts
    with pytest.raises(RepositoryError, match="the run 'r1' exists"):
        await RunRepository.create(project.folder, RUN)
    async with await RunRepository.open(project.folder / "src", RUN) as run:
        assert run.facts == facts
    with pytest.raises(RepositoryError, match="there is no run"):
        await RunRepository.open(project.folder, RunId("other"))


async def test_a_run_whose_making_was_cut_off_is_made_anew(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        (run.store.folder / "facts.json").unlink()
    project.commit({"a.txt": "later\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        assert run.facts.base == project.head
        assert project.git("rev-parse", f"refs/rung/{RUN}/base") == project.head


async def test_damaged_facts_are_told(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        (run.store.folder / "facts.json").write_text("{", encoding="utf-8")
    with pytest.raises(RepositoryError, match=r"facts\.json is damaged"):
        await RunRepository.open(project.folder, RUN)


async def test_a_folder_for_state_keeps_the_run_elsewhere(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN, state_dir=tmp_path / "state") as run:
        assert run.store.folder.is_relative_to(tmp_path / "state")
    assert not (project.git_dir / "rung" / "runs").exists()


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "-x\n", "x" * 101, "a.lock"])
async def test_unfit_ids_of_runs_are_refused(project: TempRepo, name: str) -> None:
    with pytest.raises(RepositoryError, match="cannot be the id of a run"):
        await RunRepository.create(project.folder, RunId(name))


async def test_opening_clears_what_a_dead_engine_left(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        git_dir = run.store.git_dir
    (git_dir / "refs" / "rung" / RUN / "head.lock").touch()
    (git_dir / "packed-refs.lock").touch()
    (git_dir / "objects" / "ab").mkdir()
    (git_dir / "objects" / "ab" / ("0" * 38)).touch()
    async with await RunRepository.open(project.folder, RUN) as run:
        assert list(git_dir.rglob("*.lock")) == []
        assert not (git_dir / "objects" / "ab" / ("0" * 38)).exists()


async def test_opening_clears_nothing_while_somebody_else_has_it_open(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        lock = run.store.git_dir / "packed-refs.lock"
        lock.touch()
        (await RunRepository.open(project.folder, RUN)).close()
        assert lock.exists()
