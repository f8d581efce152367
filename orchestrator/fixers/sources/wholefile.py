"""Files that a script has made in a copy of the project, as edits of the files at hand."""

from collections.abc import Mapping

from orchestrator.domain.diagnosis import ToolRun
from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.sources.jsonlines import loaded, table, text


def texts_of(run: ToolRun) -> Mapping[str, str]:
    """File -> new text, of a script's answer; empty where it gave none."""
    found = table(table(loaded(run.stdout)).get("texts")) if run.exit_code == 0 else {}
    return {file: new for file, new in found.items() if isinstance(new, str)}


def why_of(run: ToolRun) -> str:
    """Why a script could not do it, in one line; ``""`` where it could."""
    return text(table(loaded(run.stdout)).get("why"))


def whole(file: str, old: str, *, new: str) -> Edit:
    """The edit that makes ``new`` of ``old``, without what they have in common at both ends."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    end = next((back for back in range(most - start) if old[-1 - back] != new[-1 - back]), most - start)
    return Edit(file, start, len(old) - end, new[start : len(new) - end])
