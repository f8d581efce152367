"""Of the host's own files a command changes those that it was given, and puts nothing else in their place."""

from pathlib import Path

import pytest

from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import Bind, SandboxPolicy
from orchestrator.errors import InputError, SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner

pytestmark = pytest.mark.anyio
PATH = "/usr/local/bin:/usr/bin:/bin"


async def test_a_file_that_was_given_can_be_changed_and_not_replaced(tmp_path: Path) -> None:
    tree, given, beside = tmp_path / "tree", tmp_path / "given", tmp_path / "beside"
    tree.mkdir()
    given.write_text("one\n")
    beside.write_text("private\n")
    policy = SandboxPolicy(tree=str(tree), mount=str(tree), writable=(Bind(str(given)),))
    script = f"echo two >> {given}; ln -sf /etc/passwd {given}; rm -f {given}; mv a {given}; cat {beside}; true"
    try:
        told = await SandboxRunner(policy).run(Command(argv=("sh", "-c", script), cwd=str(tree), env={"PATH": PATH}))
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    assert (told.exit_code, told.stdout) == (0, "")
    assert not given.is_symlink()
    assert given.read_text() == "one\ntwo\n"


def test_a_folder_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder, which nothing would keep within limits"):
        SandboxRunner(SandboxPolicy(tree=str(tmp_path), mount=str(tmp_path), writable=(Bind(str(tmp_path)),)))
