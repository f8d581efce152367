"""What commands did in an overlay becomes the tree that it becomes in a plain copy."""

from pathlib import Path

import pytest

from orchestrator.errors import UnsafeTreeError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.values import Caps
from tests.unit.workspace.warm.bench import Bench, Setting, bench_on

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sandbox")]

FILES = {
    "a.txt": "a\n",
    "d/one": "1\n",
    "d/two": "2\n",
    "d/e/three": "3\n",
    "f": "file\n",
    "x.bat": "x\r\ny\r\n",
    ".gitattributes": "*.bat eol=crlf\n",
    ".gitignore": "*.log\n/out/\n",
    "sub/.gitignore": "*.tmp\n!keep.log\n",
}
SCRIPTS = {
    "nothing": "true",
    "an edit": "echo b > a.txt",
    "an edit that is taken back": "echo b > a.txt; echo a > a.txt",
    "touched only": "touch a.txt d/one; chmod 600 a.txt",
    "made executable": "chmod +x d/one",
    "line ends": r"printf 'x\r\nz\r\n' > x.bat",
    "new files": "mkdir -p n/m; echo new > n/m/o; ln -s o n/m/link; echo > d/new",
    "strange names": "echo > ':(top)x'; echo > ':x'; echo > '*'; echo > '?.log'; mkdir '[a]'; echo > '[a]/*.log'",
    "ignored files": "echo > a.log; mkdir out; echo > out/x; echo > sub/x.tmp; echo > sub/keep.log; echo > sub/y.log",
    "rules that came with the work": "mkdir venv; echo '*' > venv/.gitignore; echo > venv/x",
    "rules that came deep down": "echo '*.txt' > d/.gitignore; echo > d/x.txt; echo > d/x.new",
    "rules that changed": "echo '*.new' > .gitignore; echo > x.new; echo > x.log; rm sub/.gitignore; echo > sub/x.tmp",
    "a file goes": "rm d/one",
    "a folder goes": "rm -r d",
    "a folder is made anew": "rm -r d; mkdir d; echo 1 > d/one; echo > d/other",
    "a folder becomes a file": "rm -r d; echo file > d",
    "a folder becomes a link": "mv d other; ln -s other d",
    "a file becomes a folder": "rm f; mkdir f; echo > f/g",
    "a file becomes an empty folder": "rm f; mkdir f",
    "renamed": "mv a.txt b.txt; cp -r d g; rm -r d",
    "a repository of its own at the root": "mkdir -p .git 2>/dev/null || true; echo > a.log",
    "a pipe that nobody knows": "mkfifo pipe; echo b > a.txt",
}
REFUSED = {
    "a pipe in place of a file": "rm a.txt; mkfifo a.txt",
    "a link out of the tree": "ln -s /etc/passwd secret",
    "a repository inside": "mkdir -p n/.git/refs n/.git/objects; echo 'ref: refs/heads/x' > n/.git/HEAD; echo > n/x",
}


def project(tmp_path: Path) -> TempRepo:
    return TempRepo(tmp_path / "project").commit(dict(FILES))


async def collected(bench: Bench, script: str, caps: Caps = Caps()) -> str:  # noqa: B008  # a frozen value
    commit = await bench.candidate({"a.txt": "candidate\n", "new/file": "n\n", "d/two": None})
    async with bench.places.place(commit) as placed:
        done = await bench.shell(placed.place, script)
        assert done.exit_code == 0, done.stderr
        return await placed.collect(caps)


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_same_work_gives_the_same_tree(tmp_path: Path, state: Path, script: str) -> None:
    repo = project(tmp_path)
    warm = Setting(build="mkdir -p out d/built; echo > out/o; echo > warm.log")
    async with bench_on(repo, state, warm) as bench, bench_on(repo, state, Setting(way="off"), "other") as plain:
        expected = await collected(plain, SCRIPTS[script])
        found = await collected(bench, SCRIPTS[script])
        listing = [run.repo.git(f"--git-dir={run.run.store.git_dir}", "ls-tree", "-r", tree) for run, tree in (
            (bench, found), (plain, expected),
        )]  # fmt: skip
        assert listing[0] == listing[1]
        assert found == expected


@pytest.mark.parametrize("script", REFUSED)
@pytest.mark.parametrize("way", ["overlay", "off"])
async def test_what_no_candidate_may_hold_is_refused(tmp_path: Path, state: Path, script: str, way: str) -> None:
    async with bench_on(project(tmp_path), state, Setting(way=way)) as bench:
        with pytest.raises(UnsafeTreeError):
            await collected(bench, REFUSED[script])


@pytest.mark.parametrize("caps", [Caps(files=2), Caps(file_bytes=10), Caps(total_bytes=10), Caps(depth=2)])
async def test_more_than_is_permitted_is_refused(tmp_path: Path, state: Path, caps: Caps) -> None:
    script = "mkdir -p n/m/o; echo 12345678901234567890 > n/m/o/p; rm -r d sub"
    async with bench_on(project(tmp_path), state, Setting()) as bench:
        assert await collected(bench, script)
        with pytest.raises(UnsafeTreeError):
            await collected(bench, script, caps)


async def test_work_on_a_submodule_is_refused_and_its_ignored_files_are_not_seen(tmp_path: Path, state: Path) -> None:
    inner = TempRepo(tmp_path / "inner").commit({"s.txt": "s\n", ".gitignore": "*.o\n"})
    repo = project(tmp_path)
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.folder), "sm")
    repo.git("config", "--file=.gitmodules", "submodule.sm.url", "https://localhost/inner")
    repo.commit({})
    async with bench_on(repo, state, Setting()) as bench:
        assert await bench.output(bench.run.facts.base, "cat sm/s.txt") == "s\n"
        assert await collected(bench, "echo > sm/x.o") == await collected(bench, "true")
        for script in ("echo t > sm/s.txt", "echo > sm/new"):
            with pytest.raises(UnsafeTreeError, match="submodule"):
                await collected(bench, script)
