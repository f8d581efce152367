"""What ``rung doctor`` finds, and how it says so."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from orchestrator.errors import RepositoryError
from orchestrator.frontends.cli.checkup import check_machine, document, json_schema
from orchestrator.frontends.cli.group import rung

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "doctor.schema.json"
NAMES = [
    "python", "git", "bubblewrap", "user namespaces", "sandbox", "overlayfs", "cgroups", "seccomp", "state folder",
    "disk", "compilers",
]  # fmt: skip


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    expected = json.dumps(json_schema(), indent=2) + "\n"
    assert SCHEMA.read_text() == expected, "run: rung doctor --schema > docs/reference/doctor.schema.json"


def test_each_capability_has_one_line_and_a_remedy_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(rung, ["doctor"])
    lines = done.stdout.splitlines()
    assert [line[9:25].strip() for line in lines] == NAMES
    assert {line.split()[0] for line in lines} <= {"ok", "missing", "without"}
    assert done.exit_code in (0, 1)


def test_the_document_keeps_to_its_schema_and_agrees_with_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(rung, ["doctor", "--json"], standalone_mode=False)
    found = json.loads(done.stdout)
    jsonschema.validate(found, json_schema())
    assert [check["name"] for check in found["checks"]] == NAMES
    assert found["ok"] == all(check["ok"] for check in found["checks"] if check["needed"])
    assert done.return_value == (0 if found["ok"] else 1)


def test_what_is_missing_is_named_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checkup = check_machine(lambda: tmp_path / "state" / "rung", {"PATH": str(tmp_path)})
    assert not checkup.ok
    missing = {check.name: check for check in checkup.checks if not check.ok}
    assert {"git", "bubblewrap", "sandbox", "compilers"} <= missing.keys()
    assert all(check.remedy and check.found for check in missing.values())
    assert "apt install bubblewrap" in missing["bubblewrap"].remedy
    assert missing["bubblewrap"].found == "bubblewrap (bwrap) is not installed"
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_cannot_be_had_is_missing(tmp_path: Path) -> None:
    def refuse() -> Path:
        raise RepositoryError("this repository belongs to somebody else")

    checks = {check.name: check for check in check_machine(refuse, {"PATH": "/usr/bin:/bin"}).checks}
    assert (checks["state folder"].ok, checks["state folder"].found) == (
        False,
        "this repository belongs to somebody else",
    )
    found = document(check_machine(lambda: tmp_path / "new", {}))
    assert json.loads(json.dumps(found))
