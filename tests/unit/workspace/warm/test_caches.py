"""The caches of tools are written to inside, and are outside as they were."""

from pathlib import Path

import pytest

from orchestrator.sandbox.toolchains import find_toolchain
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.warm.census import take_census
from tests.unit.workspace.warm.bench import Setting, bench_on, has_tool

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sandbox")]

CACHES = {
    "cargo": ("cargo", ".cargo/registry", {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup"}, '"$CARGO_HOME/registry"'),
    "npm": ("node", ".npm", {}, '"$npm_config_cache"'),
    "pip": ("python3", ".cache/pip", {}, '"$PIP_CACHE_DIR"'),
    "go modules": ("go", "go/pkg/mod", {}, '"$GOMODCACHE"'),
    "go builds": ("go", ".cache/go-build", {}, '"$GOCACHE"'),
    "maven": ("mvn", ".m2/repository", {}, '"${MAVEN_OPTS#*-Dmaven.repo.local=}"'),
}


@pytest.mark.parametrize("name", CACHES)
async def test_a_cache_can_be_read_and_written_and_stays_as_it_is(tmp_path: Path, state: Path, name: str) -> None:
    tool, folder, homes, shown = CACHES[name]
    if not has_tool("bash", "-c", f"command -v {tool}"):
        pytest.skip(f"{tool} is not there")
    home = tmp_path / "home"
    cache = home / folder
    cache.mkdir(parents=True)
    (cache / "kept").write_text("user's\n")
    env = {"HOME": str(home), **{variable: str(home / path) for variable, path in homes.items()}}
    before = take_census(cache)
    script = f"cd {shown}; cat kept; echo mine > kept; echo > new; cat kept"
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "a\n"})
    async with bench_on(repo, state, Setting(tools=(), build="true")) as bench:
        toolchain = find_toolchain(tool, {**bench.env, **env})
        assert toolchain
        from dataclasses import replace

        caches = tuple(one for one in toolchain.caches if one.lower == str(cache))
        assert len(caches) == 1
        bench.policy = replace(bench.policy, overlays=caches, variables=toolchain.variables)
        assert await bench.output(bench.run.facts.base, script) == "user's\nmine\n"
        assert await bench.output(bench.run.facts.base, script) == "user's\nmine\n"
    assert take_census(cache) == before
