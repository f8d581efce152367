"""A name means what its user knows by it: a repository puts nothing in its place that is not trusted."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.app import find_workflow
from orchestrator.config.trust import add_trusted, brought_by
from orchestrator.errors import InputError

Environ = Mapping[str, str]


@pytest.fixture
def environ(tmp_path: Path) -> Environ:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


def put(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(f"version: 1\nname: {name}\nnodes:\n  one: {{ run: 'true' }}\n")
    return path


def test_a_repositorys_own_name_needs_no_trust(project: Path, environ: Environ) -> None:
    own = put(project / ".rung" / "workflows", "own")
    found = find_workflow("own", project, environ=environ)
    assert (found.path, found.notice) == (own, None)


def test_a_repository_replaces_the_users_workflow_only_when_it_is_trusted(
    project: Path, tmp_path: Path, environ: Environ
) -> None:
    mine = put(tmp_path / "config" / "rung" / "workflows", "both")
    own = put(project / ".rung" / "workflows", "both")
    found = find_workflow("both", project, environ=environ)
    assert found.path == mine
    assert str(found.notice) == (
        f"{own}: passed over for {mine}: a repository's workflow needs your trust to stand in for one that is there"
        " (read it, then: rung trust)"
    )
    add_trusted(brought_by(project), environ, at=1.0)
    found = find_workflow("both", project, environ=environ)
    assert (found.path, found.notice) == (own, None)
    own.write_text(own.read_text() + "# changed\n")
    assert find_workflow("both", project, environ=environ).path == mine


def test_a_folder_that_nobody_should_trust_says_why(project: Path, tmp_path: Path, environ: Environ) -> None:
    put(tmp_path / "config" / "rung" / "workflows", "both")
    put(project / ".rung" / "workflows", "both").chmod(0o666)
    notice = find_workflow("both", project, environ=environ).notice
    assert notice is not None
    assert "it cannot be trusted: " in notice.hint
    assert "everybody may write to it" in notice.hint


def test_a_path_means_that_file(project: Path, tmp_path: Path, environ: Environ) -> None:
    put(tmp_path / "config" / "rung" / "workflows", "both")
    own = put(project / ".rung" / "workflows", "both")
    found = find_workflow(str(own), project, environ=environ)
    assert (found.path, found.notice) == (own, None)


def test_an_unknown_name_is_refused(project: Path, environ: Environ) -> None:
    with pytest.raises(InputError, match="no name in workflows"):
        find_workflow("nothing", project, environ=environ)
