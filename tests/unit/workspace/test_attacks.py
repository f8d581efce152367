"""Repositories and trees that would run something, or get somewhere, if plain git were called on them.

Each attack is shown to work on plain git first: a trap that nothing springs would prove nothing.
"""

import contextlib
import os
import pty
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from orchestrator.domain.ids import NodeId
from orchestrator.errors import GitError, RepositoryError, UnsafeTreeError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.paths import path_fault
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.safety import is_git_path
from orchestrator.workspace.trees import listing
from orchestrator.workspace.values import Merged, Uncommitted
from tests.unit.workspace.observing import RUN, Trap, edit

pytestmark = pytest.mark.anyio

Arm: TypeAlias = Callable[[TempRepo, str], None]
Control: TypeAlias = Callable[[TempRepo, Path], None]


async def everything(project: TempRepo, folder: Path) -> None:
    """All that a run does with a repository, from its beginning to a result that was published, applied and undone."""
    project.write({"dirty.txt": "dirty\n", "tool.sh": "dirty\n"})
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        base = run.facts.tree
        ours = await run.write_tree(base, [edit("a.txt", "ours\n"), edit("new.txt", "n\n", before=None)])
        out = await run.check_out(base, folder)
        (out.folder / "src" / "b.txt").write_text("changed\n", encoding="utf-8")
        merged = await run.merge(base, ours=ours, theirs=await out.collect())
        assert isinstance(merged, Merged)
        assert await run.diff(base, merged.tree)
        commit = await run.commit(merged.tree, [run.facts.base], message="x")
        await run.keep(NodeId("n"), commit, attempt=1)
        await run.results.publish(commit)
        await run.results.apply_to_user_tree(base, merged.tree)
        await run.results.undo()
        await run.results.forget()


def configured(*settings: tuple[str, str], attributes: str = "") -> Arm:
    """Set configuration values, in which ``TRAP`` stands for the program."""

    def arm(project: TempRepo, program: str) -> None:
        if attributes:
            project.commit({".gitattributes": attributes})
        for key, value in settings:
            project.git("config", key, value.replace("TRAP", program))

    return arm


def hooked(name: str) -> Arm:
    def arm(project: TempRepo, program: str) -> None:
        hooks = project.git_dir / "hooks"
        hooks.mkdir()
        shutil.copy(program, hooks / name)

    return arm


def included(project: TempRepo, program: str) -> None:
    project.write({".git/more": f"[core]\n\tfsmonitor = {program}\n"})
    project.git("config", "include.path", "more")


def plain(*args: str) -> Control:
    def control(project: TempRepo, folder: Path) -> None:
        project.write({"a.txt": "control\n"})
        with contextlib.suppress(subprocess.CalledProcessError):  # the trap fails: that it was run is what counts
            project.git(*(arg.replace("FOLDER", str(folder)) for arg in args), stdin=b"url=https://x.invalid\n\n")
        project.write({"a.txt": "one\n"})
        project.git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "read-tree", "HEAD")

    return control


def merged(project: TempRepo, _folder: Path) -> None:
    project.git("checkout", "--quiet", "-b", "side")
    project.commit({"a.txt": "side\n"}).git("checkout", "--quiet", "main")
    project.commit({"a.txt": "main\n"})
    with contextlib.suppress(subprocess.CalledProcessError):
        project.git("merge", "--quiet", "side")
    project.git("reset", "--quiet", "--hard")


def hooks_beside(project: TempRepo, program: str) -> TempRepo:
    hooks = Path(program).parent / "hooks"
    hooks.mkdir()
    shutil.copy(program, hooks / "reference-transaction")
    return project


def borrowed(project: TempRepo, folder: Path) -> None:
    """The command is run when somebody pushes into a repository that borrows objects."""
    project.git("clone", "--quiet", "--shared", "--bare", ".", str(folder))
    command = project.git("config", "core.alternateRefsCommand")
    TempRepo.at(folder).git("config", "core.alternateRefsCommand", command)
    with contextlib.suppress(subprocess.CalledProcessError):
        project.git("push", "--quiet", str(folder), "HEAD:refs/heads/pushed")


def paged(project: TempRepo, _folder: Path) -> None:
    """A pager is run only at a terminal."""
    ours, theirs = pty.openpty()
    try:
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", "HOME": str(project.folder.parent)}
        subprocess.run(("git", "log"), cwd=project.folder, env=env, stdout=theirs, stderr=theirs, check=False)
    finally:
        os.close(ours)
        os.close(theirs)


EXECUTED: dict[str, tuple[Arm, Control]] = {
    "hook post-checkout": (hooked("post-checkout"), plain("worktree", "add", "--detach", "FOLDER")),
    "hook reference-transaction": (hooked("reference-transaction"), plain("update-ref", "refs/x/y", "HEAD")),
    "hook post-index-change": (hooked("post-index-change"), plain("add", "a.txt")),
    "hook pre-commit": (hooked("pre-commit"), plain("commit", "--allow-empty", "--message=x")),
    "core.hooksPath": (
        lambda project, program: configured(("core.hooksPath", str(Path(program).parent / "hooks")))(
            hooks_beside(project, program), program
        ),
        plain("update-ref", "refs/x/y", "HEAD"),
    ),
    "core.fsmonitor": (configured(("core.fsmonitor", "TRAP")), plain("status")),
    "include.path": (included, plain("status")),
    "filter clean": (configured(("filter.x.clean", "TRAP"), attributes="* filter=x\n"), plain("add", "a.txt")),
    "filter smudge": (configured(("filter.x.smudge", "TRAP"), attributes="* filter=x\n"), plain("checkout", "a.txt")),
    "filter process": (configured(("filter.x.process", "TRAP"), attributes="* filter=x\n"), plain("add", "a.txt")),
    "diff.external": (configured(("diff.external", "TRAP")), plain("diff")),
    "diff driver": (configured(("diff.x.command", "TRAP"), attributes="* diff=x\n"), plain("diff")),
    "textconv": (configured(("diff.x.textconv", "TRAP"), attributes="* diff=x\n"), plain("diff")),
    "merge driver": (configured(("merge.x.driver", "TRAP"), attributes="* merge=x\n"), merged),
    "gpg.program": (
        configured(("gpg.program", "TRAP"), ("commit.gpgSign", "true"), ("user.signingKey", "x")),
        plain("commit", "--allow-empty", "--message=x"),
    ),
    "core.editor": (configured(("core.editor", "TRAP")), plain("commit", "--allow-empty")),
    "core.pager": (configured(("core.pager", "TRAP")), paged),
    "core.sshCommand": (configured(("core.sshCommand", "TRAP")), plain("fetch", "ssh://nobody.invalid/x")),
    "credential.helper": (configured(("credential.helper", "TRAP")), plain("credential", "fill")),
    "core.alternateRefsCommand": (
        configured(("core.alternateRefsCommand", "TRAP")),
        borrowed,
    ),
}


@pytest.mark.parametrize("attack", EXECUTED)
async def test_nothing_that_a_configuration_names_is_run(
    project: TempRepo, trap: Trap, tmp_path: Path, attack: str
) -> None:
    arm, control = EXECUTED[attack]
    arm(project, trap.program)
    trap.sprung()
    control(project, tmp_path / "control")
    assert trap.sprung(), "the control: plain git runs it"
    await everything(project, tmp_path / "out")
    assert not trap.sprung()


async def test_a_work_trees_own_git_file_leads_nowhere(project: TempRepo, trap: Trap, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        evil = TempRepo(out.folder / "evil")
        evil.git("config", "core.fsmonitor", trap.program)
        (out.folder / "evil" / ".git").rename(out.folder / "gitdir")
        (out.folder / "evil").rmdir()
        (out.folder / ".git").write_text("gitdir: ./gitdir\n", encoding="utf-8")
        TempRepo.at(out.folder).git("status")
        assert trap.sprung(), "the control: plain git runs it"
        tree = await out.collect()
        assert not trap.sprung()
        assert ".git" not in await listing(run.store, tree)


async def test_a_git_folder_made_in_a_work_tree_is_neither_read_nor_collected(
    project: TempRepo, trap: Trap, tmp_path: Path
) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        made = TempRepo(out.folder)
        made.git("config", "core.fsmonitor", trap.program)
        made.write({".git/hooks/pre-commit": "x", "a.txt": "changed\n"})
        made.git("status")
        assert trap.sprung(), "the control: plain git runs it"
        assert await run.changed_paths(run.facts.tree, await out.collect()) == ("a.txt",)
        assert not trap.sprung()


async def test_a_changed_configuration_of_the_run_stops_it(project: TempRepo, trap: Trap) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        TempRepo.at(run.store.git_dir).git("config", "filter.x.clean", trap.program)
        with pytest.raises(RepositoryError, match="was changed by somebody else"):
            await run.write_tree(run.facts.tree, [edit("a.txt", "x\n")])


async def test_a_nested_repository_is_refused(project: TempRepo, trap: Trap, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        nested = TempRepo(out.folder / "nested").commit({"x": "x\n"})
        nested.git("config", "core.fsmonitor", trap.program)
        with pytest.raises(UnsafeTreeError, match="nested/: a repository of its own"):
            await out.collect()
        assert not trap.sprung()
        control = TempRepo(out.folder)
        control.git("add", "--all")
        assert control.git("ls-files", "--stage", "nested").startswith("160000"), "the control: plain git takes it"
        control.git("status")
        assert trap.sprung(), "the control: and runs its program"


async def test_a_nested_repository_of_the_users_is_left_out_and_told(project: TempRepo, trap: Trap) -> None:
    TempRepo(project.folder / "nested").commit({"x": "x\n"}).git("config", "core.fsmonitor", trap.program)
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL) as run:
        assert [finding.path for finding in run.facts.left_out] == ["nested/"]
        assert run.facts.tree == project.tree
    assert not trap.sprung()


async def test_an_embedded_bare_repository_is_not_entered(project: TempRepo, trap: Trap) -> None:
    bare = TempRepo(project.folder / "bare", bare=True)
    bare.git("config", "core.bare", "false")
    bare.git("config", "core.worktree", str(project.folder / "src"))
    bare.git("config", "core.fsmonitor", trap.program)
    project.commit({})
    TempRepo.at(project.folder / "bare").git("status")
    assert trap.sprung(), "the control: plain git runs it"
    with pytest.raises(RepositoryError, match="bare repository inside the work tree"):
        await RunRepository.create(project.folder / "bare", RUN)
    await everything(project, project.folder.parent / "out")
    assert not trap.sprung()


def exists(path: str) -> bool:
    return Path(path).exists()


def in_a_shell(line: str) -> None:
    subprocess.run(("sh", "-c", line), check=False)


def patch_for(path: str, *, mode: str = "100644", text: str = "x") -> bytes:
    lines = f"diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{text}\n"
    return (lines if mode != "120000" else lines + "\\ No newline at end of file\n").encode()


OUTSIDE = ["../x", "/rung-outside/x", ".git/x", ".GIT/x", "git~1/x", ".git./x", ".git /x", "sub/.git/x", ".gi\u200ct/x"]


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_patch_that_names_a_path_out_of_bounds_is_refused(project: TempRepo, path: str) -> None:
    assert path_fault(path), "our own check agrees"
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(GitError):
            await run.apply_patch(run.facts.tree, patch_for(path))
    assert not exists("/rung-outside")


@pytest.mark.parametrize("path", [path for path in OUTSIDE if not path.startswith(("/", "../"))])
async def test_folders_that_some_system_takes_for_git_s_are_not_collected(
    project: TempRepo, tmp_path: Path, path: str
) -> None:
    assert is_git_path(path) or path_fault(path)
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / path).parent.mkdir(parents=True)
        (out.folder / path).write_text("x", encoding="utf-8")
        if ".git/" in path:  # git passes over these by itself
            assert await out.collect() == run.facts.tree
        else:
            with pytest.raises(UnsafeTreeError, match=r"part of its own folder|git's own folder"):
                await out.collect()


async def test_a_patch_that_writes_through_its_own_link_is_refused(project: TempRepo, tmp_path: Path) -> None:
    patch = patch_for("d", mode="120000", text=str(tmp_path)) + patch_for("d/x")
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises((GitError, UnsafeTreeError)):
            await run.apply_patch(run.facts.tree, patch)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "src/../../outside"])
async def test_a_link_out_of_the_tree_is_refused_wherever_it_comes_from(
    project: TempRepo, tmp_path: Path, target: str
) -> None:
    patch = patch_for("link", mode="120000", text=target)
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match="link: a symbolic link that leaves the tree"):
            await run.apply_patch(run.facts.tree, patch)
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "link").symlink_to(target)
        with pytest.raises(UnsafeTreeError, match="link: a symbolic link that leaves the tree"):
            await out.collect()
    project.git("apply", "--index", "-", stdin=patch)
    assert (project.folder / "link").is_symlink(), "the control: plain git takes it"


async def test_a_link_that_starts_to_leave_because_another_came_is_refused(project: TempRepo, tmp_path: Path) -> None:
    (project.folder / "src" / "l").symlink_to("up/..")
    project.commit({"src/up/x": "x\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        shutil.rmtree(out.folder / "src" / "up")
        (out.folder / "src" / "up").symlink_to("..")
        with pytest.raises(UnsafeTreeError, match="src/l: a symbolic link that leaves the tree"):
            await out.collect()


async def test_links_that_the_user_already_has_are_the_users_business(project: TempRepo, tmp_path: Path) -> None:
    (project.folder / "out").symlink_to("/usr/share")
    project.commit({})
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "in").symlink_to("a.txt")
        assert await run.changed_paths(run.facts.tree, await out.collect()) == ("in",)


async def test_modes_beyond_plain_and_executable_do_not_survive(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "a.txt").chmod(0o6755)
        assert (out.folder / "a.txt").stat().st_mode & 0o6000, "the control: the file system takes it"
        tree = await out.collect()
        assert (await listing(run.store, tree))["a.txt"].mode == "100755"
        again = await run.check_out(tree, tmp_path / "again")
        assert not (again.folder / "a.txt").stat().st_mode & 0o7000
        await run.results.apply_to_user_tree(run.facts.tree, tree)
    assert not (project.folder / "a.txt").stat().st_mode & 0o7000


async def test_a_submodule_in_a_patch_is_refused(project: TempRepo) -> None:
    patch = patch_for("sub", mode="160000", text=f"Subproject commit {project.head}")
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match="sub: a submodule"):
            await run.apply_patch(run.facts.tree, patch)
    project.git("apply", "--cached", "-", stdin=patch)
    assert project.git("ls-files", "--stage", "sub").startswith("160000"), "the control: plain git takes it"


async def test_names_are_never_read_by_a_shell_nor_as_options(project: TempRepo, tmp_path: Path, trap: Trap) -> None:
    names = [
        f"$({trap.program})",
        f"`{trap.program}`",
        f";{trap.program};".replace("/", "_"),
        "--exec=x",
        "-x",
        "\x1b[31m",
    ]
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        for name in names:
            path = out.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x", encoding="utf-8")
        tree = await out.collect()
        assert set(await run.changed_paths(run.facts.tree, tree)) == set(names)
        flagged = {finding.path for finding in await run.flags(run.facts.tree, tree)}
        assert {"--exec=x", "-x", "\x1b[31m"} <= flagged
    assert not trap.sprung()
    in_a_shell(f"true {names[0]}")
    assert trap.sprung(), "the control: a shell runs it"


async def test_names_that_collide_elsewhere_are_flagged(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        new = ["A.txt", "src/B.TXT", "caf\u00e9", "cafe\u0301", "fine"]
        tree = await run.write_tree(run.facts.tree, [edit(name, "x\n", before=None) for name in new])
        flagged = {finding.path for finding in await run.flags(run.facts.tree, tree)}
        assert flagged == {"A.txt", "src/B.TXT", "caf\u00e9", "cafe\u0301"}
        assert await run.flags(tree, tree) == ()


@pytest.mark.parametrize(
    "url", ["ext::sh -c TRAP", "file:///etc", "/etc", "-x", "--upload-pack=TRAP", "ssh://-oProxyCommand=TRAP/x", "x::y"]
)
async def test_unfit_addresses_of_submodules_are_refused(
    project: TempRepo, tmp_path: Path, trap: Trap, url: str
) -> None:
    text = f'[submodule "s"]\n\tpath = s\n\turl = "{url.replace("TRAP", trap.program)}"\n'
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match="address that is not permitted"):
            await run.write_tree(run.facts.tree, [edit(".gitmodules", text, before=None)])
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / ".gitmodules").write_text(text, encoding="utf-8")
        with pytest.raises(UnsafeTreeError, match="address that is not permitted"):
            await out.collect()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[submodule "../../x"]\n\tpath = s\n\turl = https://x.invalid/y\n', "unfit name or path"),
        ('[submodule "s"]\n\tpath = "s\\r"\n\turl = https://x.invalid/y\n', "unfit name or path|cannot read"),
        ('[submodule "s"]\n\tpath = ../s\n\turl = https://x.invalid/y\n', "unfit name or path"),
        ('[submodule "s"]\n\tpath = s\n\tupdate = !touch x\n', "would run a command"),
        ("[submodule\n", "cannot read"),
    ],
)
async def test_unfit_descriptions_of_submodules_are_refused(project: TempRepo, text: str, what: str) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match=what):
            await run.write_tree(run.facts.tree, [edit(".gitmodules", text, before=None)])


async def test_an_address_of_the_users_own_submodule_runs_nothing(
    project: TempRepo, trap: Trap, tmp_path: Path
) -> None:
    url = f"ext::{trap.program} %S"
    project.commit({".gitmodules": f'[submodule "s"]\n\tpath = s\n\turl = {url}\n'})
    project.git("update-index", "--add", "--cacheinfo", f"160000,{project.head},s")
    project.git("commit", "--quiet", "--message=submodule")
    with pytest.raises(subprocess.CalledProcessError):
        project.git("-c", "protocol.ext.allow=always", "submodule", "update", "--init")
    assert trap.sprung(), "the control: plain git runs it"
    shutil.rmtree(project.folder / "s", ignore_errors=True)
    project.git("config", "protocol.ext.allow", "always")
    await everything(project, tmp_path / "out")
    assert not trap.sprung()
