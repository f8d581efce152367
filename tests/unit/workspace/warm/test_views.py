"""What is tied to the path of the user's own folder sees the candidate all the same, with and without a sandbox."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.testing.repo import TempRepo
from tests.unit.workspace.warm.bench import USER_HOME, WAYS, Setting, bench_on, has_tool, user_environment

pytestmark = pytest.mark.anyio


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    if request.param == "overlay":
        request.getfixturevalue("sandbox")
    return str(request.param)


def user_runs(repo: TempRepo, script: str, env: Mapping[str, str] = os.environ) -> str:
    """What the user does in their own folder."""
    given = {**user_environment(), "HOME": USER_HOME, **env}
    argv = ("bash", "--noprofile", "--norc", "-ec", script)
    return subprocess.run(argv, cwd=repo.folder, env=given, check=True, capture_output=True, text=True).stdout


SETUP = "from setuptools import setup\nsetup(name='tinypkg', version='1', packages=['tinypkg'], package_dir={})\n"
LAYOUTS = {"flat": ("", "{'tinypkg': 'tinypkg'}", "lenient"), "src": ("src/", "{'': 'src'}", "compat")}
"""Where the package is, how its set-up says so, and setuptools' word for the kind of link."""


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_an_editable_install_in_an_environment_outside_of_the_tree(
    tmp_path: Path, state: Path, way: str, layout: str
) -> None:
    prefix, mapping, mode = LAYOUTS[layout]
    files = {
        "setup.py": SETUP.format(mapping),
        f"{prefix}tinypkg/__init__.py": "WHO = 'user'\n",
        ".gitignore": "*.egg-info\n",
    }
    repo = TempRepo(tmp_path / "project").commit(files)
    environment = tmp_path / "venv"
    install = (
        f"python3 -m venv --without-pip --system-site-packages {environment}; "
        f"{environment}/bin/python -m pip install --no-index --no-build-isolation "
        f"--config-settings editable_mode={mode} --editable ."
    )
    try:
        user_runs(repo, install, {"PATH": f"/usr/bin:{os.environ['PATH']}"})
    except subprocess.CalledProcessError as error:
        pytest.skip(f"pip cannot install here: {error.stderr[-200:]}")
    script = "cd /; python -c 'import tinypkg; print(tinypkg.WHO)'"
    env = {"PATH": f"{environment}/bin:/usr/bin:/bin"}
    assert user_runs(repo, script, env) == "user\n"
    async with bench_on(repo, state, Setting(way=way, env=env, tools=("python",))) as bench:
        commit = await bench.candidate({f"{prefix}tinypkg/__init__.py": "WHO = 'candidate'\n"})
        assert await bench.output(commit, script) == "candidate\n"
    assert user_runs(repo, script, env) == "user\n"


async def test_an_environment_that_is_set_up_inside_of_the_tree(tmp_path: Path, state: Path, way: str) -> None:
    """It holds absolute paths: in a copy it is set up again, and the user's own on the ``PATH`` is not taken."""
    repo = TempRepo(tmp_path / "project").commit({"who.py": "WHO = 'user'\n", ".gitignore": ".venv\n"})
    set_up = (
        "top=$PWD; /usr/bin/python3 -m venv --without-pip .venv\n"
        "cd .venv/lib/python3*/site-packages; echo $top > top.pth"
    )
    user_runs(repo, set_up)
    env = {"PATH": f"{repo.folder}/.venv/bin:/usr/bin:/bin"}
    script = "cd /; python -c 'import who, sys; print(who.WHO)'"
    assert user_runs(repo, script, env) == "user\n"
    async with bench_on(repo, state, Setting(way=way, env=env, tools=(), set_up=set_up)) as bench:
        commit = await bench.candidate({"who.py": "WHO = 'candidate'\n"})
        assert await bench.output(commit, script) == "candidate\n"


CMAKE = "cmake_minimum_required(VERSION 3.10)\nproject(tiny C)\nadd_executable(tiny main.c)\n"


@pytest.mark.skipif(not has_tool("cmake", "--version"), reason="cmake is not there")
async def test_a_cmake_cache(tmp_path: Path, state: Path, way: str) -> None:
    main = '#include <stdio.h>\nint main(void) {{ puts("{}"); return 0; }}\n'
    files = {"CMakeLists.txt": CMAKE, "main.c": main.format("user"), ".gitignore": "build/\n"}
    repo = TempRepo(tmp_path / "project").commit(files)
    configure, build = "cmake -S . -B build >&2", "cmake --build build >&2"
    user_runs(repo, f"{configure}; {build}")
    async with bench_on(repo, state, Setting(way=way, set_up=configure, build=build, tools=())) as bench:
        commit = await bench.candidate({"main.c": main.format("candidate")})
        assert await bench.output(commit, f"{build}; build/tiny") == "candidate\n"
    assert user_runs(repo, "build/tiny") == "user\n"


@pytest.mark.skipif(not has_tool("node", "--version"), reason="node is not there")
async def test_node_modules_with_a_binary(tmp_path: Path, state: Path, way: str) -> None:
    """A linked package, a launcher in ``.bin`` and a native program that holds the absolute path of the tree."""
    files = {
        "index.js": "console.log('user')\n",
        "lib/package.json": '{"name": "lib", "bin": "run.js"}\n',
        "lib/run.js": "#!/usr/bin/env node\nrequire(require('path').resolve(__dirname, '..', 'index.js'))\n",
        ".gitignore": "node_modules\n",
    }
    repo = TempRepo(tmp_path / "project").write(files)
    (repo.folder / "lib/run.js").chmod(0o755)
    repo.commit({})
    source = '#include <unistd.h>\\nint main(void) { return execlp("node", "node", "%s/index.js", (char *)0); }'
    set_up = (
        "mkdir -p node_modules/.bin; ln -s ../lib node_modules/lib; ln -s ../lib/run.js node_modules/.bin/run\n"
        f"printf '{source}' \"$PWD\" | cc -x c -o node_modules/.bin/native -"
    )
    script = "node_modules/.bin/run; node_modules/.bin/native; cd node_modules/lib; node ../index.js"
    user_runs(repo, set_up)
    assert user_runs(repo, script) == "user\n" * 3
    async with bench_on(repo, state, Setting(way=way, set_up=set_up, tools=("node",))) as bench:
        commit = await bench.candidate({"index.js": "console.log('candidate')\n"})
        assert await bench.output(commit, script) == "candidate\n" * 3


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
async def test_a_build_that_asks_git_describe(tmp_path: Path, state: Path, way: str, object_format: str) -> None:
    repo = TempRepo(tmp_path / "project", object_format=object_format).commit({"a.txt": "a\n", "b.txt": "b\n"})
    repo.git("tag", "-a", "-m", "one", "v1.0")
    repo.git("tag", "light")
    script = "git describe --dirty; git status --porcelain; git log -1 --format=%H; git tag"
    build = "git describe > version.o"
    async with bench_on(repo, state, Setting(way=way, tools=(), build=build)) as bench:
        commit = await bench.candidate({"a.txt": "c\n"})
        told = await bench.output(commit, script)
        assert told.splitlines()[0].startswith("v1.0-1-g")
        assert told.splitlines()[0].endswith(commit[:7])
        assert [line for line in told.splitlines()[1:] if line != "?? version.o"] == [commit, "light", "v1.0"]
        dirty = await bench.output(commit, "echo d > b.txt; git describe --dirty")
        assert dirty.endswith("-dirty\n")
    assert repo.git("describe") == "v1.0"
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("sandbox")
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
async def test_what_the_user_changes_meanwhile_is_not_seen(tmp_path: Path, state: Path) -> None:
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "a\n"})
    async with bench_on(repo, state, Setting()) as bench:
        repo.write({"a.txt": "user\n", "new.txt": "user\n"})
        assert await bench.output(bench.run.facts.base, "cat a.txt; ls") == "a\na.txt\n"
        async with bench.places.place(bench.run.facts.base) as placed:
            await bench.shell(placed.place, "echo mine > a.txt")
    assert (repo.folder / "a.txt").read_text() == "user\n"
