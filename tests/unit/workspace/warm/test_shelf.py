"""Warm bases are made whole or not at all, once, and stay as long as somebody uses them."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.tree import TreeId
from orchestrator.errors import RepositoryError
from orchestrator.workspace.warm import Shelf, WarmKey, shelf
from orchestrator.workspace.warm.base import WarmBase, read_base, write_base
from orchestrator.workspace.warm.places import _own_folder, sweep_layers

pytestmark = pytest.mark.anyio

TREE = TreeId("1" * 40)
KEY = WarmKey(tree=TREE, mount="/project")
OTHER = WarmKey(tree=TREE, mount="/project", lock="another")
ROOT = Path(__file__).parents[4]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Maker:
    """Makes a base of one file and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    async def __call__(self, folder: Path) -> WarmBase:
        self.made += 1
        (folder / "tree").mkdir()
        (folder / "tree" / "file").write_text("x" * 10_000)
        await anyio.lowlevel.checkpoint()
        return write_base(folder, TREE, outputs=("out",))


async def test_it_is_made_once_and_found_again(tmp_path: Path) -> None:
    make = Maker()
    for _ in range(3):
        async with Shelf(tmp_path / "warm").prepare(KEY, make) as base:
            assert (base.files / "file").stat().st_size == 10_000
            assert base.outputs == ("out",)
            assert base.tree == TREE
    assert make.made == 1


@pytest.mark.parametrize("field", ["tree", "mount", "conversion", "toolchain", "lock", "recipe"])
async def test_whatever_the_key_holds_makes_another_base(tmp_path: Path, field: str) -> None:
    make = Maker()
    for key in (KEY, replace(KEY, **{field: TreeId("other")})):
        async with Shelf(tmp_path).prepare(key, make):
            pass
    assert make.made == 2


def test_parts_of_a_key_are_not_taken_for_each_other() -> None:
    assert WarmKey(tree=TREE, mount="a", lock="bc").name != WarmKey(tree=TREE, mount="a", lock="b", recipe="c").name


async def test_those_who_come_at_once_wait_for_the_one_who_makes_it(tmp_path: Path) -> None:
    make, seen = Maker(), []

    async def use() -> None:
        async with Shelf(tmp_path).prepare(KEY, make) as base:
            seen.append(base.folder)

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(use)
    assert make.made == 1
    assert len(set(seen)) == 1
    assert len(seen) == 6


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a file was written": lambda folder: (folder / "tree" / "file").write_text("y" * 10_000),
    "a file was added": lambda folder: (folder / "tree" / "new").touch(),
    "a file is gone": lambda folder: (folder / "tree" / "file").unlink(),
    "its times were set back": lambda folder: os.utime(folder / "tree" / "file", (1, 1)),
    "its facts are cut off": lambda folder: (folder / "facts.json").write_text('{"tree":'),
    "its facts are gone": lambda folder: (folder / "facts.json").unlink(),
    "its facts are others": lambda folder: (folder / "facts.json").write_text('{"tree": 1, "census": {}}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_one_that_is_not_what_it_was_is_made_again(tmp_path: Path, damage: str) -> None:
    make = Maker()
    async with Shelf(tmp_path).prepare(KEY, make) as base:
        folder = base.folder
    DAMAGES[damage](folder)
    async with Shelf(tmp_path).prepare(KEY, make) as base:
        assert (base.files / "file").read_text() == "x" * 10_000
        assert names(base.files) == ["file"]
    assert make.made == 2
    assert [name for name in names(tmp_path) if name.startswith(".")] == []


async def test_one_that_changed_while_it_is_used_is_neither_taken_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "_TRIES", 2)
    make = Maker()
    async with Shelf(tmp_path).prepare(KEY, make) as base:
        (base.files / "new").touch()
        with pytest.raises(RepositoryError, match="while it is used"):
            async with Shelf(tmp_path).prepare(KEY, make):
                pass
        assert (base.files / "new").exists()
    assert make.made == 1


async def test_a_failure_leaves_nothing_and_the_next_one_tries_again(tmp_path: Path) -> None:
    async def fail(folder: Path) -> WarmBase:
        (folder / "tree").mkdir()
        raise RepositoryError("the build failed")

    with pytest.raises(RepositoryError, match="the build failed"):
        async with Shelf(tmp_path).prepare(KEY, fail):
            pass
    assert names(tmp_path) == [f"{KEY.name}.lock"]
    async with Shelf(tmp_path).prepare(KEY, Maker()) as base:
        assert base.files.exists()


async def test_a_cancellation_leaves_nothing(tmp_path: Path) -> None:
    async def hang(folder: Path) -> WarmBase:
        (folder / "tree").mkdir()
        scope.cancel()
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.CancelScope() as scope:
        async with Shelf(tmp_path).prepare(KEY, hang):
            pytest.fail("it was never made")
    assert names(tmp_path) == [f"{KEY.name}.lock"]


KILLED = """
import os, sys
from pathlib import Path
import anyio
from orchestrator.domain.tree import TreeId
from orchestrator.workspace.warm import Shelf, WarmKey
from orchestrator.workspace.warm.base import write_base

async def make(folder):
    (folder / "tree").mkdir()
    (folder / "tree" / "file").write_text("half")
    if sys.argv[2] == "noted":
        write_base(folder, TreeId("1" * 40), outputs=())
    print("here", flush=True)
    await anyio.sleep_forever()

async def main():
    async with Shelf(Path(sys.argv[1])).prepare(WarmKey(tree=TreeId("1" * 40), mount="/project"), make):
        pass

anyio.run(main)
"""


def start_maker(folder: Path, moment: str) -> subprocess.Popen[bytes]:
    argv = (sys.executable, "-c", textwrap.dedent(KILLED), str(folder), moment)
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})


@pytest.mark.parametrize("moment", ["begun", "noted"])
async def test_a_kill_in_the_middle_of_warming_leaves_nothing_that_is_taken_for_warm(
    tmp_path: Path, moment: str
) -> None:
    child = start_maker(tmp_path, moment)
    assert child.stdout
    assert child.stdout.readline() == b"here\n"
    with anyio.move_on_after(0.1) as waited:
        async with Shelf(tmp_path).prepare(KEY, Maker()):
            pytest.fail("it is being made")
    assert waited.cancelled_caught
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert len([name for name in names(tmp_path) if name.startswith(".new-")]) == 1
    make = Maker()
    async with Shelf(tmp_path).prepare(KEY, make) as base:
        assert (base.files / "file").read_text() == "x" * 10_000
    assert make.made == 1
    assert [name for name in names(tmp_path) if name.startswith(".new-")] == []


async def test_what_was_left_half_made_is_swept_as_well(tmp_path: Path) -> None:
    (tmp_path / f".new-{KEY.name}-abcd" / "tree").mkdir(parents=True)
    (tmp_path / ".gone-1234" / "tree").mkdir(parents=True)
    (tmp_path / "layers").mkdir()
    Shelf(tmp_path).sweep(now=time.time(), max_age=1e9, max_size=10**12)
    assert names(tmp_path) == ["layers"]


async def made(folder: Path, keys: list[WarmKey]) -> None:
    for age, key in zip((30, 20, 10), keys, strict=False):
        async with Shelf(folder).prepare(key, Maker()):
            pass
        os.utime(folder / f"{key.name}.lock", (1_000_000 - age, 1_000_000 - age))


KEYS = [WarmKey(tree=TREE, mount=mount) for mount in ("/a", "/b", "/c")]


async def test_old_ones_go_and_then_the_longest_unused_until_the_rest_fits(tmp_path: Path) -> None:
    await made(tmp_path, KEYS)
    size = 3 * next(iter([base.census.size for base in [read_base(tmp_path / KEYS[0].name)] if base]))
    sweep = Shelf(tmp_path).sweep
    assert sweep(now=1_000_000, max_age=100, max_size=size).keys == ()
    assert sweep(now=1_000_000, max_age=25, max_size=size).keys == (KEYS[0].name,)
    swept = sweep(now=1_000_000, max_age=100, max_size=size // 2)
    assert swept.keys == (KEYS[1].name,)
    assert swept.size == size // 3
    assert names(tmp_path) == sorted([KEYS[2].name, f"{KEYS[2].name}.lock"])


async def test_one_that_is_used_is_never_removed(tmp_path: Path) -> None:
    await made(tmp_path, KEYS)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(Shelf(tmp_path).prepare(KEYS[0], Maker()))
        await stack.enter_async_context(Shelf(tmp_path).prepare(KEYS[0], Maker()))
        swept = Shelf(tmp_path).sweep(now=2_000_000, max_age=0, max_size=0)
        assert set(swept.keys) == {key.name for key in KEYS[1:]}
        assert first.files.exists()
    assert Shelf(tmp_path).sweep(now=1e12, max_age=0, max_size=0).keys == (KEYS[0].name,)
    assert names(tmp_path) == []


async def test_bases_come_and_go_under_many_users(tmp_path: Path) -> None:
    """Whoever has one sees it whole, whatever others remove meanwhile."""
    seen = 0

    async def use(number: int) -> None:
        nonlocal seen
        async with Shelf(tmp_path).prepare(KEYS[number % 3], Maker()) as base:
            await anyio.to_thread.run_sync(lambda: Shelf(tmp_path).sweep(now=1e12, max_age=0, max_size=0))
            assert (base.files / "file").read_text() == "x" * 10_000
            seen += 1

    async with anyio.create_task_group() as tasks:
        for number in range(12):
            tasks.start_soon(use, number)
    assert seen == 12


async def test_layers_of_engines_that_are_gone_are_removed_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "dead" / "work" / "work").mkdir(parents=True)
    (tmp_path / "dead.lock").touch()
    (tmp_path / "dead" / "work" / "work").chmod(0)
    async with _own_folder(tmp_path) as alive:
        assert sweep_layers(tmp_path) == 1
        assert alive.is_dir()
        assert not (tmp_path / "dead").exists()
    assert names(tmp_path) == []
