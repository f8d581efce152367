"""What a model is told: the task, the files, and what was wrong with the attempt before."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.events import AttemptFailed
from orchestrator.domain.retry import FailureKind

FORMAT = """\
Answer with edits only. For each change write the file's path on a line of its own, then a block:
<<<<<<< SEARCH
lines exactly as the file has them
=======
the lines to put in their place
>>>>>>> REPLACE
Change nothing that the task does not ask for. Never shorten code with an ellipsis."""

_REJECTED = "Your last attempt was rejected: {reason}"
_OVERTAKEN = """\
{reason}. The files above are as they are now. Below is the edit that was made before: it passed the checks, and does \
not fit any more. Do the same on the files as they are now."""
_WORDS: Mapping[FailureKind, str] = {FailureKind.CONFLICT: _OVERTAKEN}
"""What is said of a failure; of every other kind that the attempt was rejected."""


def system_prompt(own: str) -> str:
    """The node's own ``system`` text, then how to answer."""
    return f"{own}\n\n{FORMAT}" if own else FORMAT


def user_prompt(task: str, files: Mapping[str, str | None], *, failures: Sequence[AttemptFailed]) -> str:
    """The task, each file in a fence of its own, and the newest failure; of a conflict, the edit that is to be redone.

    Args:
        task: what to do.
        files: path -> text; ``None`` where there is no such file yet.
        failures: earlier attempts, oldest first; only the last one is told.
    """
    parts = [task, *(_file(path, text) for path, text in files.items())]
    if failures:
        last = failures[-1]
        said = _WORDS.get(last.kind, _REJECTED).format(reason=last.reason)
        parts.append(f"{said}\n{fenced(last.detail)}" if last.detail else said)
    return "\n\n".join(parts)


def _file(path: str, text: str | None) -> str:
    return f"{path}\n{fenced(text)}" if text is not None else f"{path} does not exist yet."


def fenced(text: str) -> str:
    """``text`` in a fence that is longer than any run of backticks in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"
