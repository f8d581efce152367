"""Files of a tree in a folder, and what is collected from there."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from orchestrator.errors import RepositoryError, UnsafeTreeError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.checkout import adopt
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing
from orchestrator.workspace.values import Caps
from tests.unit.workspace.observing import RUN, files_below

pytestmark = pytest.mark.anyio


async def test_a_checkout_holds_the_files_and_nothing_of_git(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        assert not (out.folder / ".git").exists()
        assert files_below(out.folder) == files_below(project.folder)
        assert await out.collect() == run.facts.tree


async def test_all_kinds_of_changes_are_collected(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").write_text("two\n", encoding="utf-8")
        (out.folder / "src" / "b.txt").unlink()
        (out.folder / "src" / "new.txt").write_text("n\n", encoding="utf-8")
        (out.folder / "tool.sh").chmod(0o600)
        (out.folder / "x.log").write_text("ignored\n", encoding="utf-8")
        tree = await out.collect()
        found = {path: entry.mode for path, entry in (await listing(run.store, tree)).items()}
        assert found == {".gitignore": "100644", "a.txt": "100644", "src/new.txt": "100644", "tool.sh": "100644"}
        assert await out.collect() == tree
        await out.discard()
        assert not out.folder.exists()
        assert not out.index.exists()


async def test_files_and_folders_may_take_each_others_place(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").unlink()
        (out.folder / "a.txt").mkdir()
        (out.folder / "a.txt" / "in").write_text("in\n", encoding="utf-8")
        shutil.rmtree(out.folder / "src")
        (out.folder / "src").write_text("file\n", encoding="utf-8")
        tree = await out.collect()
        assert set(await listing(run.store, tree)) == {".gitignore", "a.txt/in", "src", "tool.sh"}


async def test_a_folder_that_became_a_link_is_collected_as_a_link(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "src").rename(out.folder / "lib")
        (out.folder / "src").symlink_to("lib")
        tree = await out.collect()
        modes = {path: entry.mode for path, entry in (await listing(run.store, tree)).items()}
        assert (modes["src"], "src/b.txt" in modes, "lib/b.txt" in modes) == ("120000", False, True)


async def test_edits_of_the_same_size_in_the_same_second_are_collected(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        for number in range(20):
            out = await run.check_out(run.facts.tree, tmp_path / str(number))
            old = (out.folder / "a.txt").stat()
            (out.folder / "a.txt").write_text(f"{number:03}\n", encoding="utf-8")
            os.utime(out.folder / "a.txt", ns=(old.st_atime_ns, old.st_mtime_ns))
            assert await run.read(await out.collect(), ["a.txt"]) == {"a.txt": f"{number:03}\n".encode()}


async def test_a_caller_may_know_where_to_look(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        for name in ("a.txt", "tool.sh"):
            (out.folder / name).write_text("changed\n", encoding="utf-8")
        assert await run.changed_paths(run.facts.tree, await out.collect_paths(["a.txt"])) == ("a.txt",)


async def test_only_an_empty_folder_is_checked_out_into(project: TempRepo, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(RepositoryError, match="is not empty"):
            await run.check_out(run.facts.tree, tmp_path)


async def test_what_a_dead_engine_left_in_a_folder_is_collected_still(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").write_text("work\n", encoding="utf-8")
        (out.folder / "new").write_text("work\n", encoding="utf-8")
    async with await RunRepository.open(project.folder, RUN) as run:
        assert not out.index.exists()
        again = await adopt(run.store, run.facts.tree, folder=out.folder)
        assert await run.changed_paths(run.facts.tree, await again.collect()) == ("a.txt", "new")


@pytest.mark.parametrize("kind", ["pipe", "socket"])
async def test_what_is_neither_file_nor_link_is_refused_in_a_tracked_place(
    project: TempRepo, tmp_path: Path, kind: str
) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").unlink()
        with socket.socket(socket.AF_UNIX) as one:
            if kind == "socket":
                one.bind(str(out.folder / "a.txt"))
            else:
                os.mkfifo(out.folder / "a.txt")
            with pytest.raises(UnsafeTreeError, match=r"a\.txt: neither a file nor a link"):
                await out.collect()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make devices")
async def test_a_device_is_refused(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").unlink()
        os.mknod(out.folder / "a.txt", 0o020666, os.makedev(1, 5))
        with pytest.raises(UnsafeTreeError, match="a device"):
            await out.collect()


@pytest.mark.parametrize(
    ("caps", "what"),
    [
        (Caps(files=2), "3 changed files, and 2 are permitted"),
        (Caps(file_bytes=5), r"big: 10 bytes, and 5 are permitted"),
        (Caps(total_bytes=11), "12 bytes of changes, and 11 are permitted"),
        (Caps(depth=2), r"d/e/f: more than 2 levels deep"),
    ],
)
async def test_more_than_the_caps_is_refused_and_left_in_place(
    project: TempRepo, tmp_path: Path, caps: Caps, what: str
) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "d" / "e").mkdir(parents=True)
        for name, text in (("big", "x" * 10), ("small", "y"), ("d/e/f", "z")):
            (out.folder / name).write_text(text, encoding="utf-8")
        with pytest.raises(UnsafeTreeError, match=what):
            await out.collect(caps)
        assert len(await run.changed_paths(run.facts.tree, await out.collect())) == 3


async def test_discarding_needs_no_permission_that_a_command_took_away(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "away").symlink_to(project.folder)
        (out.folder / "src").chmod(0o000)
        await out.discard()
        assert not out.folder.exists()
        assert (project.folder / "a.txt").exists()
