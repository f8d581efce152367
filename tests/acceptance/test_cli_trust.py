"""``rung trust``: what a repository brings, by content; what is ignored for want of it is told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Rung, Told

WIDE = "[limits]\nmax_parallel = 64\n"


@pytest.fixture
def ask(here: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "project" / "rung.toml").write_text(WIDE)
    return lambda *arguments: here(*arguments, cwd=tmp_path / "project")


def test_what_is_ignored_is_told_until_it_is_trusted_and_after_it_was_revoked(
    ask: Callable[..., Told], tmp_path: Path
) -> None:
    file = tmp_path / "project" / "rung.toml"
    told = ask("config")
    assert told.out.startswith("limits.max_parallel = 4 ")
    assert "limits.max_parallel: ignored: " in told.err
    assert "rung trust" in told.err
    told = ask("trust")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"trusted as it is now: {file} (")
    told = ask("config")
    assert told.out.startswith("limits.max_parallel = 64 ")
    assert told.err == ""
    assert re.fullmatch(rf"as trusted  [-\d]+ [:\d]+  {re.escape(str(file))}\n", ask("trust", "--list").out)
    file.write_text(WIDE + "#\n")
    assert ask("trust", "--list").out.startswith("changed  ")
    file.write_text(WIDE)
    assert ask("trust", "--revoke").out == f"not trusted any more: {file}\n"
    assert ask("config").out.startswith("limits.max_parallel = 4 ")
    assert ask("trust", "--revoke").out == "nothing there was trusted\n"
    assert ask("trust", "--list").out == "nothing is trusted\n"


def test_another_folder_can_be_named(ask: Callable[..., Told], tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".rung").mkdir(parents=True)
    assert ask("trust", "../other").out.startswith(f"trusted as it is now: {other / '.rung'} (")
    assert [line.split()[-1] for line in ask("trust", "--list").out.splitlines()] == [str(other / ".rung")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "it is not a folder"),
        (["--list", "--revoke"], "exclude each other"),
        (["../empty"], "there is no configuration of its own to trust"),
        (["../linked"], "it is a symbolic link"),
    ],
)
def test_what_cannot_be_trusted_is_one_clear_line(
    ask: Callable[..., Told], tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "rung.toml").symlink_to(tmp_path / "project" / "rung.toml")
    told = ask("trust", *arguments)
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert said in told.err
