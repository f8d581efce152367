"""The full sandbox: what it is, what it refuses, and what it does where a part of it cannot be had."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import Bind, Fallback, GitView, Limits, Overlay, SandboxPolicy
from orchestrator.errors import InputError, SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner, means
from orchestrator.sandbox.layers import fault_of_overlays, overlay_prologue
from tests.unit.sandbox.attack.ground import MOUNT, PATH, python

pytestmark = pytest.mark.anyio


@pytest.fixture
def policy(tmp_path: Path) -> SandboxPolicy:
    tree, tried = tmp_path / "tree", tmp_path / "tried"
    tree.mkdir()
    tried.mkdir()
    made = SandboxPolicy(tree=str(tree), mount=MOUNT)
    try:
        str(SandboxRunner(replace(made, tree=str(tried))).record)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    return made


async def printed(policy: SandboxPolicy, *argv: str, cwd: str = MOUNT) -> str:
    result = await SandboxRunner(policy).run(Command(argv=argv, cwd=cwd, env={"PATH": PATH}))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_record_says_what_the_sandbox_is(policy: SandboxPolicy) -> None:
    record = SandboxRunner(policy).record
    assert record.launcher.startswith("bubblewrap ")
    assert record.namespaces == ("cgroup", "ipc", "mount", "net", "pid", "user", "uts")
    assert [limit.name for limit in record.limits] == list(Limits.__slots__)
    assert all(limit.by and limit.value == getattr(policy.limits, limit.name) for limit in record.limits)
    assert (record.network, record.git, record.overlays) == ("none", False, {})
    assert "network none" in str(record)
    with_network = SandboxRunner(replace(policy, network="all")).record
    assert ("net" in with_network.namespaces, with_network.network) == (False, "all")


def test_without_bubblewrap_there_is_no_sandbox_and_nothing_weaker(
    policy: SandboxPolicy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailableError, match=r"bubblewrap \(bwrap\) is not installed.*--sandbox off"):
        str(SandboxRunner(policy).record)


@pytest.mark.parametrize("said", ["bwrap: setting up uid map: Permission denied", ""])
async def test_where_bubblewrap_does_not_work_nothing_is_run(
    policy: SandboxPolicy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    tool = tmp_path / "bin" / "bwrap"
    tool.parent.mkdir()
    tool.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 9 && exit\n[ -z "{said}" ] || echo "{said}" >&2\nexit 1\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{PATH}")
    command = Command(argv=("touch", "ran"), cwd=MOUNT, env={"PATH": PATH})
    with pytest.raises(SandboxUnavailableError, match=said or "it did not run a command to its end"):
        await SandboxRunner(policy).run(command)
    assert os.listdir(policy.tree) == []  # noqa: PTH208  # short is enough here


FAULTY: dict[str, tuple[dict[str, object], str]] = {
    "a relative tree": ({"tree": "tree"}, "not an absolute path"),
    "no such tree": ({"tree": "/no/such/folder"}, "does not exist"),
    "neither tree nor overlay": ({"tree": ""}, "either a folder or an overlay"),
    "a mount that hides the system": ({"mount": "/usr"}, "belongs to the system"),
    "a mount over everything": ({"mount": "/"}, "belongs to the system"),
    "a mount in /proc": ({"mount": "/proc/x"}, "belongs to the system"),
    "a mount that climbs": ({"mount": "/srv/../y"}, "not an absolute path"),
    "a tool that hides the launcher's own": ({"readonly": (Bind("/usr", "/run/rung/x"),)}, "belongs to the system"),
    "no such tool": ({"readonly": (Bind("/no/such/tool"),)}, "does not exist"),
    "no such cache": ({"overlays": (Overlay(lower="/no/such/cache"),)}, "does not exist"),
    "no such objects": ({"git": GitView(head="0" * 40, objects=("/no/such/objects",))}, "does not exist"),
    "a network of its own": ({"network": "some"}, "neither 'none' nor 'all'"),
    "no memory": ({"limits": Limits(memory_mb=0)}, "less than 1"),
}


@pytest.mark.parametrize(("change", "what"), FAULTY.values(), ids=FAULTY)
def test_a_faulty_policy_is_refused(tmp_path: Path, change: dict[str, object], what: str) -> None:
    given = {"tree": str(tmp_path), "mount": MOUNT, **change}
    with pytest.raises(InputError, match=what):
        SandboxRunner(SandboxPolicy(**given))  # type: ignore[arg-type]  # a table of keyword arguments has no one type


@pytest.mark.parametrize(("link", "target"), [(".git", f"{MOUNT}/x"), ("node_modules", f"{MOUNT}/node_modules/.cache")])
def test_nothing_is_mounted_behind_a_link_of_the_tree(tmp_path: Path, link: str, target: str) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / link).symlink_to("/etc")
    policy = SandboxPolicy(tree=str(tmp_path / "tree"), mount=MOUNT, readonly=(Bind("/usr/share", target),))
    with pytest.raises(InputError, match=f"{link} in the tree is a symbolic link"):
        SandboxRunner(policy)


def forbid(overlays: Sequence[Overlay]) -> str:
    return "overlays are forbidden here" if overlays else ""


STAND_INS: dict[Fallback, str] = {"copy": "wheel\n", "empty": ""}


@pytest.mark.parametrize("fallback", STAND_INS)
async def test_where_overlays_are_not_permitted_something_stands_in_and_the_record_says_so(
    policy: SandboxPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fallback: Fallback
) -> None:
    monkeypatch.setattr(means, "overlays_fault", forbid)
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "wheel").touch()
    overlay = replace(Overlay(lower=str(cache), target="/opt/cache"), fallback=fallback)
    with_cache = replace(policy, overlays=(overlay,))
    assert SandboxRunner(with_cache).record.overlays == {"/opt/cache": fallback}
    assert await printed(with_cache, "sh", "-c", "ls /opt/cache; touch /opt/cache/new") == STAND_INS[fallback]
    assert [path.name for path in cache.iterdir()] == ["wheel"]


def test_an_upper_layer_that_should_be_kept_has_no_stand_in(
    policy: SandboxPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(means, "overlays_fault", forbid)
    overlay = Overlay(lower=policy.tree, target="/opt/x", kept=str(tmp_path))
    with pytest.raises(SandboxUnavailableError, match="cannot be kept apart: overlays are forbidden here"):
        str(SandboxRunner(replace(policy, overlays=(overlay,))).record)


async def test_the_tree_may_be_an_overlay_whose_changes_are_kept(policy: SandboxPolicy, tmp_path: Path) -> None:
    base, kept = tmp_path / "warm: a,b", tmp_path / "kept"
    (base / "sub").mkdir(parents=True)
    (base / "sub" / "file").write_text("base\n")
    kept.mkdir()
    overlay = Overlay(lower=str(base), target=MOUNT, kept=str(kept))
    if fault := fault_of_overlays([overlay]):
        pytest.skip(f"no overlay here: {fault}")
    policy = replace(policy, tree="", overlays=(overlay,))
    assert await printed(policy, "sh", "-c", "cat sub/file; echo new > sub/file; echo more > more") == "base\n"
    assert ((base / "sub" / "file").read_text(), (base / "more").exists()) == ("base\n", False)
    assert (kept / "upper" / "sub" / "file").read_text() == "new\n"
    assert (kept / "upper" / "more").read_text() == "more\n"
    assert await printed(policy, "cat", "sub/file", "more") == "new\nmore\n"


def test_no_overlay_costs_no_process() -> None:
    assert overlay_prologue((), scratch_bytes=1) == ((), {})
    assert fault_of_overlays(()) == ""


async def test_a_name_that_the_policy_passes_in_is_passed_in(policy: SandboxPolicy) -> None:
    policy = replace(policy, env=("PATH", "LANG"), variables={"CARGO_HOME": "/opt/cargo", "MY_KEY": "given"})
    given = {"LANG": "C", "OTHER": "x", "PATH": PATH, "TURN": "1", "API_TOKEN": "y"}
    command = Command(argv=("env",), cwd=MOUNT, env=given, own=("TURN", "API_TOKEN"))
    result = await SandboxRunner(policy).run(command)
    env = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert (env["LANG"], env["CARGO_HOME"], env["MY_KEY"], "OTHER" in env) == ("C", "/opt/cargo", "given", False)
    assert (env["TURN"], "API_TOKEN" in env) == ("1", False), "what is meant for it, unless it looks like a secret"
    assert (env["HOME"], env["TMPDIR"]) == ("/run/rung/home", "/tmp")


@pytest.mark.parametrize("program", ["no-such-program", "./no-such-program", "/no/such/program"])
async def test_a_program_that_is_not_there_inside_is_named(policy: SandboxPolicy, program: str) -> None:
    with pytest.raises(FileNotFoundError, match=program):
        await printed(policy, program)


async def test_a_directory_that_is_not_there_inside_is_named(policy: SandboxPolicy, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        await printed(policy, "true", cwd=str(tmp_path))


def put(policy: SandboxPolicy, name: str, text: str, mode: int = 0o644) -> None:
    path = Path(policy.tree, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


async def test_a_file_that_may_not_be_executed_is_a_permission_error(policy: SandboxPolicy) -> None:
    put(policy, "script", "echo\n")
    with pytest.raises(PermissionError, match="script"):
        await printed(policy, "./script")


async def test_programs_of_the_tree_are_found_on_the_path(policy: SandboxPolicy) -> None:
    put(policy, "bin/tool", "echo found\n", 0o755)
    command = Command(argv=("tool",), cwd=MOUNT, env={"PATH": f"/nowhere:{MOUNT}/bin:{PATH}"})
    assert (await SandboxRunner(policy).run(command)).stdout == "found\n"


async def test_no_descriptor_but_the_three_is_inherited(policy: SandboxPolicy) -> None:
    code = "import os; print([n for n in range(256) if os.path.exists(f'/proc/self/fd/{n}')])"
    assert await printed(policy, *python(code)) == "[0, 1, 2]\n"


def git(*words: str, cwd: Path) -> str:
    names = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *names, *words], cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, GitView]:
    """A repository with a tag and a commit after it, and a clone that borrows its objects."""
    user, private = tmp_path / "user", tmp_path / "private.git"
    user.mkdir()
    git("init", "-q", "-b", "main", f"--object-format={request.param}", cwd=user)
    (user / "file").write_text("one\n")
    git("add", ".", cwd=user)
    git("commit", "-qm", "one", cwd=user)
    git("tag", "-am", "first", "v1.0", cwd=user)
    git("commit", "-qm", "two", "--allow-empty", cwd=user)
    git("clone", "-q", "--bare", "--shared", str(user), str(private), cwd=tmp_path)
    view = GitView(
        head=git("rev-parse", "HEAD", cwd=user),
        branch="main",
        objects=(str(private / "objects"), str(user / ".git" / "objects")),
        tags={"refs/tags/v1.0": git("rev-parse", "refs/tags/v1.0", cwd=user)},
        index=str(user / ".git" / "index"),
        object_format=request.param,
    )
    return user, view


WRITES = (
    "echo x > file; git add file",
    "git -c user.name=x -c user.email=x@example.org commit --allow-empty -qm x",
    "git tag x",
    "git config a.b c",
    "git hash-object -w file",
)


@pytest.mark.parametrize("kind", ["folder", "file"])
async def test_git_can_describe_and_write_nothing(
    policy: SandboxPolicy, repository: tuple[Path, GitView], kind: str
) -> None:
    user, view = repository
    shutil.copy(user / "file", policy.tree)
    if kind == "file":
        put(policy, ".git", "gitdir: /elsewhere\n")
    policy = replace(policy, git=view)
    describe = ("describe", "--tags", "--long", "--dirty")
    assert await printed(policy, "git", *describe) == git(*describe, cwd=user) + "\n"
    assert await printed(policy, "git", "log", "--format=%s") == "two\none\n"
    assert await printed(policy, "git", "status", "--porcelain") == ""
    for write in WRITES:
        result = await SandboxRunner(policy).run(Command(argv=("sh", "-c", write), cwd=MOUNT, env={"PATH": PATH}))
        assert (write, result.exit_code != 0) == (write, True)
    assert (await printed(policy, "git", "describe", "--dirty")).endswith("-dirty\n")
    assert git("rev-parse", "HEAD", cwd=user) == view.head
    assert "x" not in git("tag", cwd=user).split()
    for write in WRITES:  # the control: in the repository itself they all work
        subprocess.run(["sh", "-c", write], cwd=user, check=True, capture_output=True)  # noqa: ASYNC221  # short


async def test_git_works_in_a_tree_of_another_user_s(policy: SandboxPolicy, repository: tuple[Path, GitView]) -> None:
    if os.getuid():
        pytest.skip("only root can give a tree away")
    _, view = repository
    os.chown(policy.tree, 65534, 65534)
    os.chmod(policy.tree, 0o777)  # noqa: PTH101  # as the line above
    described = await printed(replace(policy, git=view), "git", "describe", "--tags")
    assert described.startswith("v1.0-1-g")
