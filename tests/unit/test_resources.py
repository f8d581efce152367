"""Data files are found in their order, and nothing foreign is taken for ours."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator import resources
from orchestrator.errors import InputError
from orchestrator.resources import Places, config_home, find, names, places, project_root, state_home


def put(directory: Path, name: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text("version: 1\n")
    return path


def test_the_project_comes_before_the_user_and_both_before_what_is_shipped(tmp_path: Path) -> None:
    where = Places(project=tmp_path / "p", user=tmp_path / "u")
    user = put(tmp_path / "u" / "things", "fix.yml")
    assert find("things", "fix", where=where) == user
    project = put(tmp_path / "p" / ".rung" / "things", "fix.yaml")
    assert find("things", "fix", where=where) == project
    assert names("things", where) == ("fix",)
    shipped = where.folders("things")[2:]
    assert shipped[0] == Path(resources.__file__).parent / "_data" / "things"


@pytest.mark.parametrize("name", ["some/where", "gone.yaml", "./x", "a.yml"])
def test_what_looks_like_a_path_is_taken_as_one(name: str) -> None:
    assert find("things", name, where=Places()) == Path(name)


def test_a_file_of_that_very_name_is_a_path_but_a_directory_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "plain")
    (tmp_path / "check").mkdir()
    named = put(tmp_path / ".rung" / "things", "check.yaml")
    assert find("things", "plain", where=Places(project=tmp_path)) == Path("plain")
    assert find("things", "check", where=Places(project=tmp_path)) == named
    assert find("things", "check", where=Places()) == Path("check")


def test_an_unknown_name_lists_a_near_miss_or_what_there_is(tmp_path: Path) -> None:
    put(tmp_path / ".rung" / "things", "release.yaml")
    where = Places(project=tmp_path)
    with pytest.raises(InputError, match=r"did you mean 'release'\?"):
        find("things", "relaese", where=where)
    with pytest.raises(InputError, match="known: release"):
        find("things", "zzz", where=where)
    with pytest.raises(InputError, match=r"put it into \.rung/things/"):
        find("things", "zzz", where=Places())
    with pytest.raises(InputError, match="no such file"):
        find("things", "n" * 5000, where=where)


def test_folders_of_the_user_follow_the_base_directory_specification() -> None:
    assert config_home({"HOME": "/h"}) == Path("/h/.config/rung")
    assert config_home({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}) == Path("/x/rung")
    assert config_home({"HOME": "/h", "XDG_CONFIG_HOME": "x"}) == Path("/h/.config/rung")
    assert config_home({}) is None
    assert state_home({"HOME": "/h"}) == Path("/h/.local/state/rung")
    assert state_home({"XDG_STATE_HOME": "/s"}) == Path("/s/rung")


def test_a_project_is_the_nearest_directory_with_git_or_the_directory_itself(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert project_root(below) == below
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert project_root(below) == tmp_path
    assert places(below, {"HOME": "/h"}) == Places(project=tmp_path, user=Path("/h/.config/rung"))


def test_a_foreign_directory_beside_an_installed_package_is_not_ours(tmp_path: Path) -> None:
    site = tmp_path / "site"
    package = Path(resources.__file__).parent
    (site / "orchestrator").mkdir(parents=True)
    for name in ("__init__.py", "resources.py"):
        shutil.copy(package / name, site / "orchestrator")
    shutil.copytree(package / "errors", site / "orchestrator" / "errors")
    put(site / "validators", "foreign.yaml")
    put(site / "orchestrator" / "_data" / "validators", "ours.yaml")
    code = "from orchestrator.resources import *; print(*names('validators', Places()))"
    told = subprocess.run([sys.executable, "-c", code], cwd=site, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["ours"]
    (site / "pyproject.toml").write_text("")
    told = subprocess.run([sys.executable, "-c", code], cwd=site, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["foreign", "ours"]
