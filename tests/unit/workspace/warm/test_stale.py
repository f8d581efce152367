"""No build takes a candidate's file for the one that it was built from, though both were written in one second."""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.testing.repo import TempRepo
from tests.unit.workspace.warm.bench import USER_HOME, Setting, bench_on, has_tool, user_environment
from tests.unit.workspace.warm.projects import LANGUAGES, C, Language, typescript

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with TypeScript in it, from the developer's npm cache: nothing is fetched."""
    folder = tmp_path_factory.mktemp("typescript")
    args = ("npm", "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", "typescript@5")
    try:
        env = {**user_environment(), "HOME": USER_HOME}
        subprocess.run(args, cwd=folder, env=env, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("npm has no typescript@5 in its cache")
    return folder


@pytest.fixture(params=[*LANGUAGES, "TypeScript"])
def language(request: pytest.FixtureRequest) -> Language:
    found = (
        typescript(request.getfixturevalue("compiler")) if request.param == "TypeScript" else LANGUAGES[request.param]
    )
    if not has_tool(*found.needs):
        pytest.skip(f"{found.needs[0]} is not there")
    return found


def project(tmp_path: Path, language: Language) -> TempRepo:
    files = {
        **language.files,
        language.edited: language.content(100),
        ".gitignore": "*.o\nprog\ntarget/\ndist/\n*.lock\n*.tsbuildinfo\n",
    }
    return TempRepo(tmp_path / "project").commit(files)


def shared_folder(tmp_path: Path, language: Language) -> tuple[Path, dict[str, str]]:
    folder = tmp_path / "shared"
    for name, text in {**language.files, language.edited: language.content(100)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder, {**user_environment(), "HOME": str(tmp_path)}


def test_a_folder_that_is_shared_gives_stale_verdicts(tmp_path: Path, language: Language) -> None:
    """The control: the same edits in one folder, where a checkout keeps the time of the file."""
    folder, env = shared_folder(tmp_path, language)
    edited = folder / language.edited

    def build() -> str:
        argv = ("bash", "--noprofile", "--norc", "-ec", language.run)
        return subprocess.run(argv, cwd=folder, env=env, check=True, capture_output=True, text=True).stdout

    assert build() == "100\n"
    before = edited.stat()
    edited.write_text(language.content(101))
    os.utime(edited, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert build() == "100\n", "it is 101"


async def built_anew(folder: Path, language: Language, *, edits: int) -> None:
    """Each candidate's file has the same size and the same time as all the others'."""
    setting = Setting(build=language.build, tools=language.tools, readonly=language.readonly)
    numbers = range(101, 101 + edits)
    async with bench_on(project(folder, language), folder / "state", setting) as bench:
        seen = []
        for number in numbers:
            commit = await bench.candidate({language.edited: language.content(number)})
            seen.append(await bench.output(commit, language.run))
        assert seen == [f"{number}\n" for number in numbers]
        assert await bench.output(bench.run.facts.base, language.run) == "100\n"


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("sandbox")
async def test_a_candidate_on_a_warm_base_is_built_anew(tmp_path: Path, language: Language) -> None:
    await built_anew(tmp_path, language, edits=language.edits)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.usefixtures("sandbox")
async def test_a_hundred_candidates_on_a_warm_base_are_built_anew(tmp_path: Path, language: Language) -> None:
    await built_anew(tmp_path, language, edits=100)


async def test_a_candidate_in_a_copy_is_built_anew(tmp_path: Path, state: Path, language: Language) -> None:
    repo = project(tmp_path, language)
    async with bench_on(
        repo, state, Setting(way="off", env={"PYTHONPYCACHEPREFIX": str(tmp_path / "shared")})
    ) as bench:
        for number in (101, 102):
            commit = await bench.candidate({language.edited: language.content(number)})
            assert await bench.output(commit, language.run) == f"{number}\n"
    assert not (tmp_path / "shared").exists()


@pytest.mark.usefixtures("sandbox")
async def test_one_edit_of_c_makes_one_object(tmp_path: Path, state: Path) -> None:
    async with bench_on(project(tmp_path, C), state, Setting(build=C.build)) as bench:
        assert await bench.output(bench.run.facts.base, "make") == "make: 'prog' is up to date.\n"
        commit = await bench.candidate({C.edited: C.content(200)})
        told = await bench.output(commit, "make")
        assert [line for line in told.splitlines() if "compiling" in line] == ["compiling value.c"]


@pytest.mark.usefixtures("sandbox")
@pytest.mark.skipif(not has_tool("cargo", "--version"), reason="cargo is not there")
async def test_nothing_is_made_where_nothing_was_edited(tmp_path: Path, state: Path) -> None:
    rust = LANGUAGES["Rust"]
    async with bench_on(project(tmp_path, rust), state, Setting(build=rust.build, tools=rust.tools)) as bench:
        told = await bench.output(bench.run.facts.base, "cargo build --offline -v 2>&1")
        assert "Fresh tiny" in told
        assert "Compiling" not in told


@pytest.mark.usefixtures("sandbox")
async def test_a_source_that_is_gone_is_not_linked_from_what_was_built_of_it(tmp_path: Path, state: Path) -> None:
    """Make takes an object for what it is, when there is nothing left to make it from."""
    repo = project(tmp_path, C)
    async with bench_on(repo, state, Setting(build=C.build)) as bench:
        async with bench.places.place(await bench.candidate({"value.c": None})) as placed:
            done = await bench.shell(placed.place, C.run)
        assert done.exit_code != 0
        assert "value.o" in done.stderr


def test_a_folder_that_is_shared_links_what_was_built_of_a_source_that_is_gone(tmp_path: Path) -> None:
    """The control."""
    shared, env = shared_folder(tmp_path, C)
    run = ("bash", "-ec", C.run)
    subprocess.run(run, cwd=shared, env=env, check=True, capture_output=True)
    (shared / "value.c").unlink()
    assert subprocess.run(run, cwd=shared, env=env, check=True, capture_output=True).stdout == b"100\n"
