import json
import os
from pathlib import Path

import pytest

from orchestrator.domain.events import Event
from orchestrator.errors import ReportError
from orchestrator.report import FORMATS, json_text, junit_xml, markdown, write_reports
from tests.unit.report.script import fold

ALL = {"json": "out/run.json", "junit": "out/deep/run.xml", "markdown": "run.md"}


def files(base: Path) -> set[str]:
    return {path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()}


def test_each_format_is_written_where_the_workflow_says(failing: list[Event], tmp_path: Path) -> None:
    state = fold(failing)
    assert set(ALL) == set(FORMATS)
    write_reports(state, ALL, base=tmp_path)
    assert files(tmp_path) == set(ALL.values())
    assert (tmp_path / "out/run.json").read_text(encoding="utf-8") == json_text(state)
    assert (tmp_path / "out/deep/run.xml").read_text(encoding="utf-8") == junit_xml(state)
    assert (tmp_path / "run.md").read_text(encoding="utf-8") == markdown(state)


def test_an_older_report_is_replaced_and_an_absolute_name_stands(failing: list[Event], tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "run.json"
    target.parent.mkdir()
    target.write_text("old " * 100_000)
    write_reports(fold(failing), {"json": str(target)}, base=tmp_path / "base")
    assert json.loads(target.read_text(encoding="utf-8"))["run"] == "run-7f3a"
    assert files(tmp_path) == {"elsewhere/run.json"}


def test_a_link_keeps_pointing_where_it_does(failing: list[Event], tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_reports(fold(failing), {"json": "link.json"}, base=tmp_path)
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))


def test_a_report_can_be_read_by_whom_the_umask_lets(failing: list[Event], tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_reports(fold(failing), {"json": "run.json"}, base=tmp_path)
    finally:
        os.umask(old)
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_is_named_and_the_rest_is_written(failing: list[Event], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("in the way")
    wanted = {"json": "folder", "junit": "file/run.xml", "markdown": "run.md"}
    with pytest.raises(ReportError) as caught:
        write_reports(fold(failing), wanted, base=tmp_path)
    assert [name for name, _ in caught.value.failed] == ["folder", "file/run.xml"]
    first, second = str(caught.value).splitlines()
    assert first.startswith("cannot write the report 'folder': ")
    assert "not a regular file" in first
    assert str(tmp_path / "file") in second
    assert files(tmp_path) == {"file", "run.md"}
    assert caught.value.exit_code == 1


def test_a_pipe_is_refused_and_never_replaced(failing: list[Event], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReportError, match="not a regular file"):
        write_reports(fold(failing), {"json": "pipe"}, base=tmp_path)
    assert (tmp_path / "pipe").is_fifo()


def test_nothing_is_left_where_a_write_breaks_off(
    failing: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "run.json").write_text("old")
    with pytest.raises(ReportError, match="No space left on device"):
        write_reports(fold(failing), {"json": "run.json"}, base=tmp_path)
    assert files(tmp_path) == {"run.json"}
    assert (tmp_path / "run.json").read_text() == "old"


def test_without_reports_nothing_is_written(failing: list[Event], tmp_path: Path) -> None:
    write_reports(fold(failing), {}, base=tmp_path)
    assert files(tmp_path) == set()
