"""The wheel's test sees what is wrong with a wheel."""

import zipfile
from pathlib import Path

import pytest

from scripts.project import project_files
from scripts.test_wheel import WheelError, check_contents, expected_files


def wheel_of(names: set[str], folder: Path) -> Path:
    path = folder / "rung-0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names | {"rung-0.dist-info/METADATA"}:
            archive.writestr(name, "")
    return path


def test_data_is_expected_inside_the_package() -> None:
    files = [
        Path("workflows/a.yaml"),
        Path("validators/x/b.yaml"),
        Path("orchestrator/app.py"),
        Path("tests/t.py"),
        Path("x"),
    ]
    assert expected_files(files) == {
        "orchestrator/_data/workflows/a.yaml",
        "orchestrator/_data/validators/x/b.yaml",
        "orchestrator/app.py",
    }


def test_a_wheel_that_holds_just_the_project_passes(tmp_path: Path) -> None:
    expected = expected_files(project_files())
    assert check_contents(wheel_of(expected, tmp_path)) == len(expected)


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        ("orchestrator/_data/validators/.env", "should not be there"),
        ("orchestrator/_data/workflows/run.py", "code among the data"),
        ("tests/test_x.py", "another top-level package"),
    ],
)
def test_a_stray_file_is_seen(extra: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(WheelError, match=f"{fault}: {extra}"):
        check_contents(wheel_of(expected_files(project_files()) | {extra}, tmp_path))


def test_a_missing_file_is_seen(tmp_path: Path) -> None:
    with pytest.raises(WheelError, match=r"missing: orchestrator/task\.py"):
        check_contents(wheel_of(expected_files(project_files()) - {"orchestrator/task.py"}, tmp_path))
