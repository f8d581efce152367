"""The report of a bug: everything a maintainer needs, in a file of the user's own, and one line about it."""

import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from orchestrator._version import __version__
from orchestrator.frontends.cli.folders import make_folder
from orchestrator.resources import state_home


def report_bug(error: BaseException, cause: BaseException) -> Iterator[str]:
    """The lines to tell about ``cause``; the report is of ``error``, which is the same or a group around it.

    Arguments of the command are left out of the report: they may hold a secret. Where no file can be written
    the report itself is told.
    """
    report = _report(error)
    what = f"this is a bug in rung: {type(cause).__name__}: {' '.join(str(cause).split())[:200]}"
    path = _written(report)
    if path is None:
        yield f"{what} (the report could not be written; it follows)"
        yield from report.splitlines()
    else:
        yield f"{what} (please send {path} to the maintainers)"


def _report(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    verb = next((argument for argument in sys.argv[1:] if argument.isalpha()), "")
    system = f"rung {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return f"{system}\nverb: {verb}\n\n{trace}"


def _written(report: str) -> Path | None:
    for folder in _folders():
        try:
            make_folder(folder, private=True)
            handle, name = tempfile.mkstemp(
                prefix=time.strftime("bug-%Y%m%d-%H%M%S-", time.gmtime()), suffix=".txt", dir=folder
            )
        except OSError:
            continue  # the next place may be better; where none is, the report is told
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(handle, 0o600)
            file.write(report)
        return Path(name)
    return None


def _folders() -> Iterator[Path]:
    home = state_home(os.environ)
    if home is not None:
        yield home
    yield Path(tempfile.gettempdir())
