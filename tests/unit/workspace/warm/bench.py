"""A run on a repository, with its places, and commands that run there: in the real sandbox, or without one."""

import os
import pwd
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.ids import RunId
from orchestrator.domain.sandbox import Bind, SandboxPolicy
from orchestrator.domain.tree import CommitId
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.sandbox.layers import fault_of_overlays
from orchestrator.sandbox.toolchains import find_toolchain
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Place, Places, Step, Terms, WarmUp, open_places

USER_HOME = pwd.getpwuid(os.getuid()).pw_dir
TOOLS = ("python3", "cargo", "node")
WAYS = ("overlay", "off")
"""In the sandbox over a warm base, and in a plain copy without a sandbox."""


def user_environment() -> dict[str, str]:
    """What finds the developer's own toolchains, though a test has another home folder."""
    homes = {"CARGO_HOME": f"{USER_HOME}/.cargo", "RUSTUP_HOME": f"{USER_HOME}/.rustup"}
    return {"PATH": os.environ["PATH"], **{name: path for name, path in homes.items() if Path(path).is_dir()}}


def has_tool(*argv: str) -> bool:
    """Whether a command of the developer's works here, as it does for them."""
    import subprocess

    env = {**user_environment(), "HOME": USER_HOME}
    try:
        return subprocess.run(argv, env=env, check=False, capture_output=True, cwd="/").returncode == 0
    except OSError:
        return False


def template(env: Mapping[str, str], tools: Sequence[str] = TOOLS) -> SandboxPolicy:
    """The toolchains, for a place to be put in."""
    found = [toolchain for tool in tools if (toolchain := find_toolchain(tool, {**env, "HOME": USER_HOME}))]
    variables: dict[str, str] = {}
    for toolchain in found:
        variables |= toolchain.variables
    binds = {bind.inside: bind for toolchain in found for bind in toolchain.roots}
    overlays = {overlay.inside: overlay for toolchain in found for overlay in toolchain.caches}
    return SandboxPolicy(
        tree="/", mount="/", readonly=tuple(binds.values()), overlays=tuple(overlays.values()), variables=variables
    )


@dataclass(slots=True)
class Bench:
    """One run; ``way`` is one of :data:`WAYS`, or ``sandboxed copy``."""

    repo: TempRepo
    run: RunRepository
    places: Places
    policy: SandboxPolicy
    env: Mapping[str, str]
    log: list[str] = field(default_factory=list)

    async def candidate(self, files: Mapping[str, str | None], *, base: CommitId | None = None) -> CommitId:
        """A commit that writes and removes files."""
        base = base or self.run.facts.base
        changes = [
            FileChange(path=path, before="" if text is None else None, after=text) for path, text in files.items()
        ]
        tree = await self.run.write_tree(await self.run.tree_of(base), changes)
        return await self.run.commit(tree, [base], message="candidate")

    async def shell(self, place: Place, script: str) -> CommandResult:
        """Run ``script`` at the place, as it says it is to be run."""
        return await run_in(place, script, policy=self.policy, env=self.env)

    async def output(self, commit: CommitId, script: str) -> str:
        """What ``script`` prints in a place of its own; it must succeed."""
        async with self.places.place(commit) as placed:
            done = await self.shell(placed.place, script)
            assert done.exit_code == 0, done.stdout + done.stderr
            return done.stdout


async def run_in(place: Place, script: str, *, policy: SandboxPolicy, env: Mapping[str, str]) -> CommandResult:
    argv = ("bash", "--noprofile", "--norc", "-ec", script)
    if place.mount == place.folder:
        home = Path(place.folder).parent / "home"
        home.mkdir(exist_ok=True)
        given = {**env, "HOME": str(home), **place.variables}
        return await LocalRunner().run(Command(argv=argv, cwd=place.folder, env=given))
    runner = SandboxRunner(place.policy(policy))
    return await runner.run(Command(argv=argv, cwd=place.inside(place.folder), env=dict(env)))


def step(script: str, policy: SandboxPolicy, env: Mapping[str, str]) -> Step:
    async def perform(place: Place) -> None:
        done = await run_in(place, script, policy=policy, env=env)
        assert done.exit_code == 0, done.stdout + done.stderr

    return perform


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a bench is set up: scripts that warm it, the way it works, tools and variables beyond the usual."""

    set_up: str = ""
    build: str = ""
    way: str = "overlay"
    tools: Sequence[str] = TOOLS
    env: Mapping[str, str] = field(default_factory=dict)
    readonly: Sequence[Path] = ()


@asynccontextmanager
async def bench_on(repo: TempRepo, state: Path, setting: Setting, run: str = "r") -> AsyncIterator[Bench]:
    env = {**user_environment(), **setting.env}
    policy = template(env, setting.tools)
    policy = replace(policy, readonly=(*policy.readonly, *(Bind(str(path)) for path in setting.readonly)))
    warm_up = WarmUp(
        recipe=f"{setting.set_up}\n{setting.build}",
        set_up=step(setting.set_up, policy, env) if setting.set_up else None,
        build=step(setting.build, policy, env) if setting.build else None,
    )
    works = setting.way == "overlay"
    terms = Terms(
        sandboxed=setting.way != "off",
        fault_of=lambda overlay: fault_of_overlays([overlay]) if works else "it is not wanted here",
        env=env,
    )
    async with (
        await RunRepository.create(repo.folder, RunId(run), state_dir=state) as repository,
        open_places(repository, state / "warm", warm_up=warm_up, terms=terms) as places,
    ):
        yield Bench(repo=repo, run=repository, places=places, policy=policy, env=env)
