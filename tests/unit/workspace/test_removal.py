"""What commands leave is removed, whatever they did to it; as root, and as somebody whom permissions bind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.workspace.removal import remove_tree

PLAIN_USER = 65534


@contextmanager
def as_a_plain_user(*owned: Path) -> Iterator[None]:
    """Permissions do not bind root: leave that for a while."""
    if os.geteuid():
        yield
        return
    for path in owned:
        os.chown(path, PLAIN_USER, PLAIN_USER, follow_symlinks=False)
    os.seteuid(PLAIN_USER)
    try:
        yield
    finally:
        os.seteuid(0)


def make(top: Path) -> list[Path]:
    """Folders that cannot be entered at three levels, and what is in them."""
    inner = top / "closed" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x")
    (top / "away").symlink_to(top.parent / "mine")
    return [top, top / "closed", inner, inner / "file", top / "away"]


def test_folders_that_nobody_may_enter_are_removed_and_links_are_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # whoever may enter this folder need not be allowed those above it
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept").write_text("x")
    owned = make(tmp_path / "top")
    for folder in (owned[2], owned[1], owned[0]):
        folder.chmod(0)
    with as_a_plain_user(tmp_path, *owned):
        assert not os.access("top", os.R_OK, effective_ids=True)
        remove_tree(Path("top"))
    assert not (tmp_path / "top").exists()
    assert (tmp_path / "mine" / "kept").exists()


def test_what_is_gone_already_is_fine(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")
