"""How much of the disk a tree takes up, whatever is done to hide it."""

import os
from pathlib import Path

import anyio
import pytest

from orchestrator.sandbox.treewatch import Footprint, TreeWatch, footprint

MUCH = Footprint(1 << 40, 1 << 40)
KILO = b"x" * 4096


def test_what_is_allocated_counts_and_not_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(KILO * 4)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    found = footprint(str(tmp_path), MUCH)
    assert found.entries == 2
    assert 4 * 4096 <= found.size < 1 << 20


def test_a_file_with_several_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(KILO * 64)
    once = footprint(str(tmp_path), MUCH)
    for number in range(5):
        os.link(tmp_path / "a", tmp_path / f"b{number}")
    again = footprint(str(tmp_path), MUCH)
    assert (again.size, again.entries) == (once.size, 6)


def test_links_are_not_followed_and_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "up").symlink_to("/")
    assert footprint(str(tmp_path), MUCH).entries == 1
    assert footprint(str(tmp_path / "missing"), MUCH) == Footprint(0, 0)


def test_counting_ends_when_there_is_too_much(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).write_bytes(KILO)
    assert footprint(str(tmp_path), Footprint(1 << 40, 10)).entries == 11


@pytest.mark.parametrize(("size", "entries", "name"), [(4096, 100, "tree_mb"), (1 << 30, 2, "tree_files")])
def test_one_look_tells_what_is_exceeded(tmp_path: Path, size: int, entries: int, name: str) -> None:
    watch = TreeWatch(str(tmp_path), size=size, entries=entries)
    watch.look()
    assert watch.exceeded == ""
    for number in range(4):
        (tmp_path / str(number)).write_bytes(KILO * 4)
    watch.look()
    assert watch.exceeded == name


@pytest.mark.anyio
async def test_it_stops_the_command_once_and_returns(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(KILO * 4)
    stopped: list[str] = []
    watch = TreeWatch(str(tmp_path), size=1, entries=100)
    with anyio.fail_after(10):
        await watch.watch(lambda: stopped.append("now"))
    assert stopped == ["now"]


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is hidden from root")
def test_what_cannot_be_looked_at_is_known_to_be_hidden(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    assert footprint(str(tmp_path), MUCH).hidden
