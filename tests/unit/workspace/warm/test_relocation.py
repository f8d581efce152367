"""Nothing in the environment of a copy leads to the user's own files."""

from pathlib import Path

from orchestrator.workspace.warm.relocation import relocated

USER, COPY = Path("/people/me/project"), Path("/copies/1/tree")


def moved(**env: str) -> dict[str, str]:
    return relocated({"PATH": "/nowhere", **env}, user=USER, folder=COPY)


def test_paths_below_the_users_folder_lead_to_the_copy() -> None:
    assert moved(PATH="/people/me/project/.venv/bin:/usr/bin", VIRTUAL_ENV="/people/me/project/.venv") == {
        "PATH": "/copies/1/tree/.venv/bin:/usr/bin",
        "VIRTUAL_ENV": "/copies/1/tree/.venv",
    }


def test_the_folder_itself_leads_to_the_copy_and_its_neighbours_do_not() -> None:
    assert moved(ROOT="/people/me/project", OTHER="/people/me/project2:/people/me", TEXT="see /people/me/project") == {
        "ROOT": "/copies/1/tree"
    }


def test_nothing_is_told_about_where_the_user_stands() -> None:
    assert moved(PWD="/people/me/project", OLDPWD="/people/me/project/src") == {}


def test_packages_that_are_installed_in_place_are_found_in_the_copy_first(tmp_path: Path) -> None:
    site = tmp_path / "venv/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    program = tmp_path / "venv/bin/python"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (site / "a.pth").write_text("/people/me/project/src\n/elsewhere\nimport sys\n")
    (site / "__editable___tiny_finder.py").write_text(
        "MAPPING = {'tiny': '/people/me/project/lib/tiny', 'x': '/y/x'}\n"
    )
    (site / "ordinary.py").write_text("HERE = '/people/me/project/not/this'\n")
    found = moved(PATH=str(program.parent), PYTHONPATH="/more")
    assert found == {"PYTHONPATH": "/copies/1/tree/src:/copies/1/tree/lib:/more"}
