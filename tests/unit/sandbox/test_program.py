"""Which file a command means, and what is said where it means none."""

from pathlib import Path

import pytest

from orchestrator.domain.command import Command
from orchestrator.sandbox.program import locate


def tool(folder: Path, name: str, *, mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def command(name: str, cwd: Path, path: str | None = None) -> Command:
    return Command(argv=(name,), cwd=str(cwd), env={} if path is None else {"PATH": path})


def test_the_first_one_on_the_path_is_taken(tmp_path: Path) -> None:
    tool(tmp_path / "b", "x")
    wanted = tool(tmp_path / "a", "x")
    assert locate(command("x", tmp_path, f"{tmp_path}/a:{tmp_path}/b")) == str(wanted)


def test_one_that_may_not_be_executed_is_passed_over(tmp_path: Path) -> None:
    tool(tmp_path / "a", "x", mode=0o644)
    wanted = tool(tmp_path / "b", "x")
    (tmp_path / "c" / "x").mkdir(parents=True)
    assert locate(command("x", tmp_path, f"{tmp_path}/c:{tmp_path}/a:{tmp_path}/b")) == str(wanted)


def test_a_name_with_a_slash_counts_from_the_working_directory(tmp_path: Path) -> None:
    wanted = tool(tmp_path / "a", "x")
    assert Path(locate(command("./a/x", tmp_path))).samefile(wanted)
    assert locate(command(str(wanted), Path("/"))) == str(wanted)


@pytest.mark.parametrize("path", ["", ".", "nowhere:"])
def test_empty_and_relative_entries_count_from_the_working_directory(tmp_path: Path, path: str) -> None:
    wanted = tool(tmp_path, "x")
    assert Path(locate(command("x", tmp_path, path))).samefile(wanted)


def test_without_a_path_the_default_one_is_searched(tmp_path: Path) -> None:
    assert locate(command("sh", tmp_path)).endswith("/bin/sh")


def test_the_engine_s_own_path_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path / "a", "x")
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    with pytest.raises(FileNotFoundError, match="on the PATH of the command: 'x'"):
        locate(command("x", tmp_path, "/usr/bin"))


@pytest.mark.parametrize("name", ["./x", "/nowhere/x"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError, match="no such program"):
        locate(command(name, tmp_path))


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    tool(tmp_path, "x", mode=0o644)
    for name, path in (("./x", ""), ("x", str(tmp_path)), (str(tmp_path), "")):
        with pytest.raises(PermissionError, match="not an executable file"):
            locate(command(name, tmp_path, path))


def test_a_working_directory_that_is_not_there_or_none(tmp_path: Path) -> None:
    for cwd in (tmp_path / "gone", tool(tmp_path, "file"), tmp_path / "file" / "below"):
        with pytest.raises(FileNotFoundError, match="no such working directory"):
            locate(command("sh", cwd))
