"""Which workflow a person means by a name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.config.trust import trust_in_folder
from orchestrator.errors import InputError, Problem
from orchestrator.resources import Places, find, places

_FOLDER = "workflows"


@dataclass(frozen=True, slots=True)
class FoundWorkflow:
    """The file that a name means; ``notice`` tells of another one that was passed over, ``None`` where none was."""

    path: Path
    notice: Problem | None = None


def find_workflow(name: str, cwd: Path, *, environ: Mapping[str, str]) -> FoundWorkflow:
    """The workflow that a path or a name means, for a command started in ``cwd``, which is absolute.

    One in the repository's ``.rung/workflows/`` that is called like one of the user's own or a shipped one counts
    only where its user trusts the folder: who asks for what they know gets what they know.

    Raises:
        InputError: there is none of that name.
    """
    where = places(cwd, environ)
    path = find(_FOLDER, name, where=where)
    own = where.project / ".rung" / _FOLDER if where.project else None
    if path == Path(name) or path.parent != own:
        return FoundWorkflow(path)
    trust = trust_in_folder(cwd, environ)
    known = None if trust.is_given else _known(name, replace(where, project=None))
    if known is None:
        return FoundWorkflow(path)
    what = f"passed over for {known}: a repository's workflow needs your trust to stand in for one that is there"
    return FoundWorkflow(known, Problem(file=str(path), what=what, hint=trust.remedy))


def _known(name: str, where: Places) -> Path | None:
    try:
        found = find(_FOLDER, name, where=where)
    except InputError:
        return None
    return None if found == Path(name) else found
