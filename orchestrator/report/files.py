"""The report files that a workflow asks for."""

import errno
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestrator.errors import ReportError
from orchestrator.report.jsondocument import json_text
from orchestrator.report.junit import junit_xml
from orchestrator.report.state import RunState
from orchestrator.report.stepsummary import markdown

FORMATS: Mapping[str, Callable[[RunState], str]] = {"json": json_text, "junit": junit_xml, "markdown": markdown}
"""Format -> its text. A new format is a row here."""


def write_reports(state: RunState, report: Mapping[str, str], *, base: Path) -> None:
    """Write every report, each whole or not at all: readers see the old file or the new one.

    Args:
        state: of the run.
        report: format (of :data:`FORMATS`) -> file, relative to ``base`` or absolute; missing folders are made.
        base: the directory that relative names start from.

    Raises:
        ReportError: some files could not be written; it names each, and all others have been written.
    """
    failed = []
    for form, name in report.items():
        text = FORMATS[form](state)
        try:
            _replace(base / name, text)
        except OSError as error:
            failed.append((name, str(error)))
    if failed:
        raise ReportError(failed)


def _replace(path: Path, text: str) -> None:
    path = path.resolve()  # a link keeps pointing where it does
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("x", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
