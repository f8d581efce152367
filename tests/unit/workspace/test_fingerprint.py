import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.workspace.fingerprint import digest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.c").write_text("a")
    (tmp_path / "src/b.c").write_text("b")
    (tmp_path / "src/link").symlink_to("a.c")
    (tmp_path / "notes.txt").write_text("x")
    return tmp_path


CHANGES: dict[str, Callable[[Path], object]] = {
    "contents": lambda folder: (folder / "src/a.c").write_text("A"),
    "contents that moved to the next file": lambda folder: (
        (folder / "src/a.c").write_text(""),
        (folder / "src/b.c").write_text("ab"),
    ),
    "a new file": lambda folder: (folder / "src/c.c").write_text(""),
    "a removed file": lambda folder: (folder / "src/b.c").unlink(),
    "another name": lambda folder: (folder / "src/b.c").rename(folder / "src/d.c"),
    "a program": lambda folder: (folder / "src/a.c").chmod(0o755),
    "another link": lambda folder: (folder / "src/other").symlink_to("b.c"),
    "a pipe": lambda folder: os.mkfifo(folder / "src/pipe"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_the_globs_name_counts(folder: Path, change: Callable[[Path], object]) -> None:
    before = digest(folder, ["src/**"])
    change(folder)
    assert digest(folder, ["src/**"]) != before


def test_what_the_globs_do_not_name_does_not_count(folder: Path) -> None:
    before = digest(folder, ["src/*.c"])
    (folder / "notes.txt").write_text("y")
    (folder / ".git").mkdir()
    (folder / ".git/a.c").write_text("z")
    os.utime(folder / "src/a.c", (1, 1))
    assert digest(folder, ["src/*.c"]) == before


def test_no_file_has_a_digest_too(tmp_path: Path) -> None:
    assert len(digest(tmp_path, [])) == 64
