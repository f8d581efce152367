"""What a tool needs is found from where it really lies."""

import os
import pwd
import sys
import venv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner
from orchestrator.sandbox.toolchains import Toolchain, find_toolchain

Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    def make(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\necho it works\n")
        path.chmod(0o755)
        return path

    return make


def roots(found: Toolchain | None) -> list[str]:
    assert found is not None
    return [bind.source for bind in found.roots]


def caches(found: Toolchain | None) -> list[str]:
    assert found is not None
    return [overlay.lower for overlay in found.caches]


def test_a_tool_that_is_not_installed_needs_nothing() -> None:
    assert find_toolchain("no-such-tool", {"PATH": "/usr/bin"}) is None


def test_what_every_sandbox_has_is_not_bound_again() -> None:
    found = find_toolchain("sh", {"PATH": "/usr/bin:/bin"})
    assert roots(found) == []


def test_a_link_is_followed_to_the_prefix(program: Program, tmp_path: Path) -> None:
    real = program("opt/zig-1/bin/zig")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "zig").symlink_to(real)
    found = find_toolchain("zig", {"PATH": str(tmp_path / "bin")})
    assert roots(found) == [str(tmp_path / "bin" / "zig"), str(tmp_path / "opt" / "zig-1")]


def test_a_rustup_cargo_has_its_toolchains_and_no_credentials(program: Program, tmp_path: Path) -> None:
    program(".cargo/bin/cargo")
    for folder in (".cargo/registry", ".rustup/toolchains"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".cargo" / "credentials.toml").write_text("token")
    found = find_toolchain("cargo", {"PATH": str(tmp_path / ".cargo/bin"), "HOME": str(tmp_path)})
    assert roots(found) == [str(tmp_path / ".cargo/bin"), str(tmp_path / ".rustup/toolchains")]
    assert caches(found) == [str(tmp_path / ".cargo/registry")]
    assert found is not None
    assert found.variables == {"CARGO_HOME": str(tmp_path / ".cargo"), "RUSTUP_HOME": str(tmp_path / ".rustup")}


def test_caches_that_do_not_exist_are_left_to_the_tool(program: Program, tmp_path: Path) -> None:
    program("go/bin/go")
    env = {"PATH": str(tmp_path / "go/bin"), "HOME": str(tmp_path)}
    found = find_toolchain("go", env)
    assert found is not None
    assert (caches(found), found.variables) == ([], {})
    (tmp_path / "go/pkg/mod").mkdir(parents=True)
    again = find_toolchain("go", env)
    assert again is not None
    assert again.variables == {"GOMODCACHE": str(tmp_path / "go/pkg/mod")}


def test_maven_gets_its_repository_and_not_its_settings(program: Program, tmp_path: Path) -> None:
    program("maven/bin/mvn")
    (tmp_path / ".m2/repository").mkdir(parents=True)
    (tmp_path / ".m2/settings.xml").write_text("password")
    found = find_toolchain("mvn", {"PATH": str(tmp_path / "maven/bin"), "HOME": str(tmp_path)})
    assert caches(found) == [str(tmp_path / ".m2/repository")]
    assert found is not None
    assert found.variables["MAVEN_OPTS"] == f"-Dmaven.repo.local={tmp_path}/.m2/repository"


def test_a_virtual_environment_brings_the_interpreter_it_was_made_from(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    found = find_toolchain("python", {"PATH": str(tmp_path / "venv/bin"), "HOME": str(tmp_path)})
    assert str(tmp_path / "venv") in roots(found)
    prefix = Path(sys.base_prefix).resolve()
    if not prefix.is_relative_to("/usr"):
        assert any(prefix.is_relative_to(root) for root in roots(found))


@pytest.mark.anyio
async def test_a_virtual_environment_works_inside(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    env = {"PATH": f"{tmp_path}/venv/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    found = find_toolchain("python", env)
    assert found is not None
    policy = SandboxPolicy(tree=str(tmp_path / "tree"), mount="/srv/people/project")
    runner = SandboxRunner(replace(policy, readonly=found.roots, overlays=found.caches, variables=found.variables))
    code = "import ssl, sqlite3, ctypes, sys; print(sys.prefix)"
    try:
        result = await runner.run(Command(argv=("python", "-c", code), cwd=policy.mount, env=env))
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    assert (result.stdout, result.stderr) == (f"{tmp_path}/venv\n", "")


BUILDS = {
    "gcc": "echo 'int main(void){return 7;}' > a.c && gcc a.c -o a && ./a",
    "node": "node -e 'process.exit(7)'",
    "go": 'printf "package main\\nimport \\"os\\"\\nfunc main(){os.Exit(7)}" > a.go && go build -o a a.go && ./a',
    "cargo": "cargo init --vcs none --name a -q . && echo 'fn main(){std::process::exit(7)}' > src/main.rs"
    " && cargo build --offline -q && target/debug/a",
    "java": "echo 'class A{public static void main(String[] a){System.exit(7);}}' > A.java && java A.java",
}
"""Tool -> a script that builds a program, whose exit code is 7."""


def users_home() -> str:
    """The one in which toolchains lie: the tests' own is empty."""
    return pwd.getpwuid(os.getuid()).pw_dir


@pytest.mark.anyio
@pytest.mark.parametrize("tool", BUILDS)
async def test_a_real_toolchain_works_inside(tmp_path: Path, tool: str) -> None:
    found = find_toolchain(tool, os.environ | {"HOME": users_home()})
    if found is None:
        pytest.skip(f"{tool} is not installed")
    policy = SandboxPolicy(tree=str(tmp_path), mount="/srv/people/project")
    runner = SandboxRunner(replace(policy, readonly=found.roots, overlays=found.caches, variables=found.variables))
    command = Command(argv=("sh", "-c", BUILDS[tool]), cwd=policy.mount, env={"PATH": os.environ["PATH"]})
    try:
        result = await runner.run(command)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    assert result.exit_code == 7, result.stderr
