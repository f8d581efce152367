"""What a repository brings counts for more only as long as it is what its user trusted."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from orchestrator.config import load_settings
from orchestrator.config.treedigest import MAX_FILES
from orchestrator.config.trust import add_trusted, brought_by, is_trusted, read_trusted, remove_trusted
from orchestrator.errors import ConfigError

WIDE = "[limits]\nmax_parallel = 64\n"
MODELS = '[[models]]\nname = "m"\ntier = "local"\nprovider = "scripted"\nscript = "m.json"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home")}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".local" / "state" / "rung" / "trust.json"


def trust(folder: Path, environ: dict[str, str]) -> None:
    add_trusted(brought_by(folder), environ, at=1.5)


def width(folder: Path, environ: dict[str, str]) -> int:
    return load_settings(folder, environ).settings.limits.max_parallel


def notices(folder: Path, environ: dict[str, str]) -> list[str]:
    return [str(notice) for notice in load_settings(folder, environ).notices]


@pytest.mark.parametrize(
    ("name", "text"), [("rung.toml", WIDE), ("pyproject.toml", WIDE.replace("limits", "tool.rung.limits"))]
)
def test_a_wider_limit_counts_once_it_is_trusted(project: Path, environ: dict[str, str], name: str, text: str) -> None:
    (project / name).write_text(text)
    assert width(project, environ) == 4
    [notice] = notices(project, environ)
    assert notice == (
        f"{name}:2: limits.max_parallel: ignored: a repository may only lower it, and it is 4 already"
        " (read it, then: rung trust; or set it in your own configuration or with --set)"
    )
    trust(project, environ)
    assert (width(project, environ), notices(project, environ)) == (64, [])


def test_models_count_once_they_are_trusted_and_their_scripts_lie_beside_them(
    project: Path, environ: dict[str, str]
) -> None:
    (project / "rung.toml").write_text(MODELS)
    assert load_settings(project, environ).settings.models == []
    assert "unless you trust it" in notices(project, environ)[0]
    trust(project, environ)
    [model] = load_settings(project, environ).settings.models
    assert model.script == str(project / "m.json")


def test_what_is_the_users_own_stays_so(project: Path, environ: dict[str, str]) -> None:
    (project / "rung.toml").write_text('terminal.color = "always"\n')
    trust(project, environ)
    loaded = load_settings(project, environ)
    assert loaded.settings.terminal.color == "auto"
    assert [notice.hint for notice in loaded.notices] == ["set it in your own configuration or with --set"]


def test_a_changed_file_needs_trust_again_and_the_old_content_does_not(project: Path, environ: dict[str, str]) -> None:
    file = project / "rung.toml"
    file.write_text(WIDE)
    trust(project, environ)
    file.write_text(WIDE + "# more\n")
    assert width(project, environ) == 4
    assert "it has changed since you trusted it" in notices(project, environ)[0]
    file.write_text(WIDE)
    assert width(project, environ) == 64


def test_of_a_shared_file_only_our_table_matters(project: Path, environ: dict[str, str]) -> None:
    file, table = project / "pyproject.toml", "[tool.rung.limits]\nmax_parallel = 64\n"
    file.write_text(table)
    trust(project, environ)
    file.write_text(f'[project]\nname = "x"\n{table}')
    assert width(project, environ) == 64
    file.write_text(table.replace("64", "65"))
    assert width(project, environ) == 4


def test_a_copy_elsewhere_is_not_trusted(project: Path, environ: dict[str, str], tmp_path: Path) -> None:
    (project / "rung.toml").write_text(WIDE)
    trust(project, environ)
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    (other / "rung.toml").write_text(WIDE)
    assert (width(project, environ), width(other, environ)) == (64, 4)


def test_trust_is_taken_back_for_a_whole_project_and_no_other(
    project: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    other = tmp_path / "project-2"
    (other / ".git").mkdir(parents=True)
    for folder in (project, other):
        (folder / "rung.toml").write_text(WIDE)
        trust(folder, environ)
    assert remove_trusted(project, environ) == (project / "rung.toml",)
    assert (width(project, environ), width(other, environ)) == (4, 64)
    assert remove_trusted(project, environ) == ()


def test_what_is_noted_is_private_and_whole(project: Path, environ: dict[str, str], store: Path) -> None:
    (project / "rung.toml").write_text(WIDE)
    before = os.umask(0)
    try:
        trust(project, environ)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in store.parent.iterdir()) == ["trust.json", "trust.json.lock"]
    told = json.loads(store.read_text())
    assert (told["version"], list(told["trusted"])) == (1, [str(project / "rung.toml")])


@pytest.mark.parametrize(
    "harm",
    [
        "chmod 622 trust.json",
        "mv trust.json good && ln -s good trust.json",
        "echo '{' > trust.json",
        """echo '{"version": 2, "trusted": {}}' > trust.json""",
        "rm trust.json && mkdir trust.json",
        "rm trust.json && mkfifo trust.json",
    ],
)
def test_a_list_that_others_may_have_written_or_that_is_damaged_trusts_nothing(
    project: Path, environ: dict[str, str], store: Path, harm: str
) -> None:
    (project / "rung.toml").write_text(WIDE)
    trust(project, environ)
    assert width(project, environ) == 64
    subprocess.run(["bash", "-ec", harm], cwd=store.parent, check=True)
    assert width(project, environ) == 4
    assert str(store) in notices(project, environ)[0]
    with pytest.raises(ConfigError, match=str(store)):
        read_trusted(environ)


def test_without_a_home_nothing_is_trusted_or_noted(project: Path) -> None:
    (project / "rung.toml").write_text(WIDE)
    assert width(project, {}) == 4
    with pytest.raises(ConfigError, match="HOME"):
        trust(project, {})


def test_a_file_that_everybody_may_write_to_is_refused_even_if_it_was_trusted(
    project: Path, environ: dict[str, str]
) -> None:
    file = project / "rung.toml"
    file.write_text(WIDE)
    trust(project, environ)
    file.chmod(0o666)
    with pytest.raises(ConfigError, match="everybody may write to it"):
        brought_by(project)
    assert width(project, environ) == 4
    assert "it cannot be trusted: everybody may write to it" in notices(project, environ)[0]


def test_a_symbolic_link_is_refused(project: Path, environ: dict[str, str]) -> None:
    (project / "other.toml").write_text(WIDE)
    (project / "rung.toml").symlink_to("other.toml")
    with pytest.raises(ConfigError, match="it is a symbolic link"):
        brought_by(project)
    assert width(project, environ) == 4
    assert "it cannot be trusted: it is a symbolic link" in notices(project, environ)[0]


def test_a_folder_of_configuration_is_trusted_as_it_is(project: Path, environ: dict[str, str]) -> None:
    own = project / ".rung"
    (own / "validators").mkdir(parents=True)
    pack = own / "validators" / "x.yaml"
    pack.write_text("a")
    [brought] = brought_by(project)
    assert not is_trusted(brought, environ)
    trust(project, environ)
    assert is_trusted(brought_by(project)[0], environ)
    for change in ("echo b > x.yaml", "printf a > x.yaml; chmod 755 x.yaml", "chmod 644 x.yaml; mv x.yaml y.yaml",
                   "mv y.yaml x.yaml; touch ../more"):  # fmt: skip
        subprocess.run(["bash", "-ec", change], cwd=pack.parent, check=True)
        assert not is_trusted(brought_by(project)[0], environ)
    (own / "more").unlink()
    assert is_trusted(brought_by(project)[0], environ)


@pytest.mark.parametrize(
    "harm",
    [
        "ln -s ../rung.toml .rung/x",
        "ln -s / .rung/x",
        "rmdir .rung; ln -s / .rung",
        "touch .rung/x; chmod 646 .rung/x",
        "mkfifo .rung/x",
        f"touch .rung/{{0..{MAX_FILES}}}",
    ],
)
def test_a_folder_that_cannot_be_told_by_its_content_is_refused(project: Path, harm: str) -> None:
    (project / ".rung").mkdir()
    assert len(brought_by(project)) == 1, "the control"
    subprocess.run(["bash", "-ec", harm], cwd=project, check=True)
    with pytest.raises(ConfigError):
        brought_by(project)


def test_a_file_that_names_variables_is_never_loaded(project: Path, environ: dict[str, str]) -> None:
    (project / ".env").write_text("RUNG_LIMITS__MAX_PARALLEL=64\n")
    trust(project, environ)
    assert width(project, environ) == 4
    assert width(project, {**environ, "RUNG_LIMITS__MAX_PARALLEL": "64"}) == 64, "the control"
    assert brought_by(project) == ()
