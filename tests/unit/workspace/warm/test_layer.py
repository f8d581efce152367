"""What an overlay shows is what a checkout of the same tree shows, and everything in it that is new is newer."""

from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.domain.tree import CommitId
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.warm.census import walk
from tests.unit.workspace.warm.bench import Bench, Setting, bench_on

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sandbox")]

Files: TypeAlias = dict[str, str | None]

BASE = {
    "a.txt": "a\n",
    "d/one": "1\n",
    "d/two": "2\n",
    "d/e/three": "3\n",
    "f": "file\n",
    "crlf/.gitattributes": "*.bat eol=crlf\n",
    "crlf/x.bat": "x\ny\n",
    "crlf/y.txt": "y\n",
    "tool.sh": "#!/bin/sh\n",
    ".gitignore": "*.o\nout/\n",
}
LIST = r"""
find . -mindepth 1 -path ./.git -prune -o -printf '%P %y %m %l ' -a \( -type f -exec sha256sum {} \; -o -print \) |
    sed -E 's/^(.*) f ([0-9]+)  ([0-9a-f]{64}) .*$/\1 f \2 \3/; s/^(.*) d [0-9]+.*$/\1 d/' | LC_ALL=C sort
"""
CASES: dict[str, Files] = {
    "nothing": {},
    "an edit": {"a.txt": "b\n"},
    "a file deep down": {"d/e/three": "4\n"},
    "a new file in a new folder": {"n/m/o": "new\n"},
    "a file goes": {"d/one": None},
    "a folder goes": {"d/e/three": None},
    "a folder with folders goes": {"d/one": None, "d/two": None, "d/e/three": None},
    "a folder becomes a file": {"d/one": None, "d/two": None, "d/e/three": None, "d": "file\n"},
    "a file becomes a folder": {"f": None, "f/g": "inside\n"},
    "a folder's files all have other names": {"d/one": None, "d/two": None, "d/e/three": None, "d/e/four": "4\n"},
    "line ends as the tree says": {"crlf/x.bat": "x\nz\n"},
    "only the line ends of others change": {"crlf/.gitattributes": "*.txt eol=crlf\n"},
    "the rules for line ends go": {"crlf/.gitattributes": None},
    "rules for line ends in the root": {".gitattributes": "* eol=crlf\n"},
    "strange names": {"d/ü  'x*": "strange\n", ":(top)": "strange\n"},
}


def project(tmp_path: Path) -> TempRepo:
    repo = TempRepo(tmp_path / "project").write(BASE)
    (repo.folder / "tool.sh").chmod(0o755)
    (repo.folder / "link").symlink_to("d/one")
    return repo.commit({})


async def shown(bench: Bench, commit: CommitId) -> str:
    return await bench.output(commit, LIST)


@pytest.mark.parametrize("case", CASES)
async def test_an_overlay_shows_what_a_checkout_shows(tmp_path: Path, state: Path, case: str) -> None:
    repo = project(tmp_path)
    async with bench_on(repo, state, Setting()) as bench, bench_on(repo, state, Setting(way="off"), "other") as plain:
        async with bench.places.place(await bench.candidate(CASES[case])) as placed:
            assert placed.place.is_overlay, placed.place.why
        expected = await shown(plain, await plain.candidate(CASES[case]))
        assert await shown(bench, await bench.candidate(CASES[case])) == expected
        assert expected.count("\n") >= 5


PATHS = st.lists(st.sampled_from(["a", "b", "c.o"]), min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.sampled_from(["1\n", "2\n"]), max_size=6)


def without_clashes(files: dict[str, str]) -> dict[str, str]:
    """No path is a file and a folder at once."""
    return {path: text for path, text in files.items() if not any(other.startswith(f"{path}/") for other in files)}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TREES.map(without_clashes), after=TREES.map(without_clashes))
async def test_any_two_trees(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("two")
    repo = TempRepo(folder / "project").commit({"kept": "", **before})
    changes: Files = {path: None for path in before if path not in after} | dict(after)
    async with bench_on(repo, folder / "state", Setting()) as bench:
        listing = await bench.output(await bench.candidate(changes), "find . -type f -not -path './.git/*' | sort")
        assert listing.split() == sorted(["./kept", *(f"./{path}" for path in after)])


async def test_modes_and_links_change(tmp_path: Path, state: Path) -> None:
    repo = project(tmp_path)
    async with bench_on(repo, state, Setting()) as bench:
        (repo.folder / "tool.sh").chmod(0o644)
        (repo.folder / "a.txt").chmod(0o755)
        (repo.folder / "link").unlink()
        (repo.folder / "link").symlink_to("d/two")
        repo.commit({})
        script = "stat -c %a tool.sh a.txt; readlink link"
        assert await bench.output(bench.run.facts.base, script) == "755\n644\nd/one\n"
        assert await bench.output(CommitId(repo.head), script) == "644\n755\nd/two\n"


async def test_what_was_built_is_there_unless_a_file_is_gone(tmp_path: Path, state: Path) -> None:
    repo = project(tmp_path)
    setting = Setting(set_up="mkdir out; echo dep > out/dep", build="echo o > d/one.o; mkdir -p new/x; echo > new/x/y")
    async with bench_on(repo, state, setting) as bench:
        script = "ls out/dep d/one.o new/x/y 2>/dev/null || true"
        assert (await bench.output(await bench.candidate({"a.txt": "b\n"}), script)).split() == [
            "d/one.o", "new/x/y", "out/dep",
        ]  # fmt: skip
        gone = await bench.candidate({"d/two": None})
        assert (await bench.output(gone, script)).split() == ["out/dep"]
        async with bench.places.place(gone) as placed:
            assert placed.place.how == "cold overlay"
            assert "removes files" in placed.place.why


async def test_a_folder_that_was_built_and_is_now_tracked_shows_only_what_is_tracked(
    tmp_path: Path, state: Path
) -> None:
    async with bench_on(
        project(tmp_path), state, Setting(build="mkdir gen; echo 1 > gen/old; echo 1 > gen/new")
    ) as bench:
        commit = await bench.candidate({"gen/new": "mine\n", "d/one": None})
        assert await bench.output(commit, "ls gen; cat gen/new") == "new\nmine\n"


async def test_what_warming_does_to_files_of_the_tree_is_undone(tmp_path: Path, state: Path) -> None:
    script = "echo changed > a.txt; rm d/one; rm -r d/e; ln -s d e; echo > d/e"
    async with bench_on(project(tmp_path), state, Setting(set_up=script, build="echo > a.txt")) as bench:
        output = await bench.output(bench.run.facts.base, "cat a.txt d/one d/e/three")
        assert output == "a\n1\n3\n"


async def test_every_changed_file_is_newer_by_a_whole_second_than_all_that_is_warm(tmp_path: Path, state: Path) -> None:
    """Also than what claims to come from the future."""
    build = "echo > now.o; touch -d '2100-01-01' future.o; touch -h -d '2100-01-01' link; echo > x.o"
    async with bench_on(project(tmp_path), state, Setting(build=build)) as bench:
        commit = await bench.candidate({"a.txt": "b\n", "crlf/x.bat": "z\n"})
        async with bench.places.place(commit) as placed:
            lower, kept = Path(placed.place.overlays[0].lower), Path(placed.place.overlays[0].kept)
            newest = max(found.st_mtime for _, found in walk(lower))
            written = [found.st_mtime for path, found in walk(kept / "upper") if path in ("a.txt", "crlf/x.bat")]
    assert len(written) == 2
    assert all(int(one) > int(newest) for one in written)


async def test_a_clock_that_was_set_back_makes_no_file_older(tmp_path: Path, state: Path) -> None:
    """As if the base came from a later time: its newest file is an hour ahead."""
    async with bench_on(project(tmp_path), state, Setting()) as bench:
        async with bench.places.place(bench.run.facts.base):
            base = bench.places._base
        assert base
        ahead = replace(base.census, newest_ns=base.census.newest_ns + 3_600 * 10**9)
        bench.places._base = replace(base, census=ahead)
        async with bench.places.place(await bench.candidate({"a.txt": "b\n"})) as placed:
            upper = Path(placed.place.overlays[0].kept, "upper")
            assert (upper / "a.txt").stat().st_mtime_ns > ahead.newest_ns


async def test_two_candidates_at_once_do_not_see_each_other(tmp_path: Path, state: Path) -> None:
    repo = project(tmp_path)
    async with bench_on(repo, state, Setting(build="echo warm > x.o")) as bench:
        first, second = await bench.candidate({"a.txt": "1\n"}), await bench.candidate({"a.txt": "2\n"})
        script = "cat a.txt x.o; ls | grep -c new || true"
        async with bench.places.place(first) as one, bench.places.place(second) as two:
            await bench.shell(one.place, "echo one > x.o; echo > new; rm -r d")
            assert (await bench.shell(two.place, f"{script}; cat d/one")).stdout == "2\nwarm\n0\n1\n"
            assert (await bench.shell(one.place, script)).stdout == "1\none\n1\n"
        assert await bench.output(bench.run.facts.base, script) == "a\nwarm\n0\n"
        assert sorted(path.name for path in (state / "warm" / "layers").iterdir()) == []
