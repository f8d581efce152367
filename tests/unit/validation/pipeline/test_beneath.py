"""Nothing that code under repair puts into its folders leads the engine out of them."""

import os
from pathlib import Path

import pytest

from orchestrator.sandbox import LocalRunner
from orchestrator.validation.pipeline import Room, beneath


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("secret")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def test_a_link_is_not_read_and_not_written_through(root: Path, outside: Path) -> None:
    (root / "report.xml").symlink_to(outside)
    assert beneath.read(root, "report.xml", limit=100) is None
    beneath.put(root, "report.xml", text="ours")
    assert outside.read_text() == "secret"
    assert beneath.read(root, "report.xml", limit=100) == "ours"


def test_a_folder_that_is_a_link_is_not_entered(root: Path, outside: Path) -> None:
    (root / "out").symlink_to(outside.parent)
    assert beneath.read(root, "out/secret", limit=100) is None
    assert beneath.files_below(root, "out/*") == ()
    assert beneath.files_below(root, "**/secret") == ()
    beneath.remove(root, "out/secret")
    assert outside.exists()
    with pytest.raises(OSError, match="out"):
        beneath.put(root, "out/secret", text="ours")
    assert outside.read_text() == "secret"


def test_what_is_no_regular_file_is_not_waited_for(root: Path) -> None:

    os.mkfifo(root / "pipe")
    assert beneath.read(root, "pipe", limit=100) is None


def test_only_so_much_is_read(root: Path) -> None:
    (root / "big").write_bytes(b"x" * 1000)
    assert beneath.read(root, "big", limit=10) == "x" * 10


def test_patterns_find_files_below_their_folder(root: Path) -> None:
    for name in ("a/target/reports/TEST-a.xml", "target/reports/TEST-b.xml", "target/reports/c.txt"):
        beneath.put(root, name, text="")
    assert beneath.files_below(root, "**/target/reports/TEST-*.xml") == (
        "a/target/reports/TEST-a.xml",
        "target/reports/TEST-b.xml",
    )
    assert beneath.files_below(root, "target/reports/c.txt") == ("target/reports/c.txt",)
    assert beneath.files_below(root, "nothing/*.xml") == ()


def test_a_folder_is_renewed_whatever_stands_there(root: Path, outside: Path) -> None:
    place = root / "scratch"
    place.symlink_to(outside.parent)
    beneath.renewed(place)
    assert place.is_dir()
    assert not place.is_symlink()
    assert outside.exists()
    (place / "old").write_text("")
    beneath.renewed(place)
    assert not list(place.iterdir())


def test_a_file_is_added_where_nothing_is_and_its_folder_is_there(root: Path, outside: Path) -> None:
    (root / "there").mkdir()
    (root / "there" / "old").write_text("old")
    (root / "link").symlink_to(outside.parent)
    (root / "to-secret").symlink_to(outside)
    for path in ("there/new", "there/old", "missing/new", "there/old/new", "link/new", "to-secret"):
        beneath.add(root, path, text="added\r\n")
    assert (root / "there" / "new").read_bytes() == b"added\r\n"
    assert (root / "there" / "old").read_text() == "old"
    assert sorted(path.name for path in root.iterdir()) == ["link", "there", "to-secret"]
    assert (outside.read_text(), (outside.parent / "new").exists()) == ("secret", False)


def test_a_file_of_a_room_is_rewritten_above_its_layers_and_keeps_its_mode(root: Path, tmp_path: Path) -> None:
    upper = tmp_path / "upper"
    upper.mkdir()
    (root / "d").mkdir()
    (root / "d" / "run.sh").write_text("below")
    (root / "d" / "run.sh").chmod(0o755)
    room = Room(
        files=(), read=dict[str, str]().get, folder=str(upper), lowers=(str(root),), root="/project",
        desk=str(tmp_path), desk_inside="/desk", runner=LocalRunner(),
    )  # fmt: skip
    for text in ("first\r\n", "second"):
        room.rewrite("d/run.sh", text)
        assert (upper / "d" / "run.sh").read_bytes() == text.encode()
        assert room.text("d/run.sh", limit=100) == text
    assert (upper / "d" / "run.sh").stat().st_mode & 0o111 == 0o111
    assert (root / "d" / "run.sh").read_text() == "below"
    with pytest.raises(FileNotFoundError):
        room.rewrite("none", "text")
