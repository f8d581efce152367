"""What a run looks like from outside: progress while it runs, and its reports when it has ended.

Everything is derived from events (:mod:`orchestrator.domain.events`) by folding them into a
:class:`RunState`; a journal that is replayed gives the same reports as the run itself. Names are loaded
on use (PEP 562), so that importing the package costs neither rich nor pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.report.files import FORMATS, write_reports
    from orchestrator.report.jsondocument import RunDocument, document, json_text, run_schema
    from orchestrator.report.junit import junit_xml
    from orchestrator.report.live import LiveProgress
    from orchestrator.report.plain import PlainProgress
    from orchestrator.report.record import Attempt, NodeRecord
    from orchestrator.report.state import RunState
    from orchestrator.report.stepsummary import markdown
    from orchestrator.report.summary import summary_text

__all__ = [
    "FORMATS",
    "Attempt",
    "LiveProgress",
    "NodeRecord",
    "PlainProgress",
    "RunDocument",
    "RunState",
    "document",
    "json_text",
    "junit_xml",
    "markdown",
    "run_schema",
    "summary_text",
    "write_reports",
]

_HOMES = {
    "FORMATS": "files",
    "Attempt": "record",
    "LiveProgress": "live",
    "NodeRecord": "record",
    "PlainProgress": "plain",
    "RunDocument": "jsondocument",
    "RunState": "state",
    "document": "jsondocument",
    "json_text": "jsondocument",
    "junit_xml": "junit",
    "markdown": "stepsummary",
    "run_schema": "jsondocument",
    "summary_text": "summary",
    "write_reports": "files",
}


def __getattr__(name: str) -> object:
    """Load the module that holds ``name``, and keep the name here."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
