"""What a model is told: the task, the files, and what was wrong with the attempt before."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.events import AttemptFailed

FORMAT = """\
Answer with edits only. For each change write the file's path on a line of its own, then a block:
<<<<<<< SEARCH
lines exactly as the file has them
=======
the lines to put in their place
>>>>>>> REPLACE
Change nothing that the task does not ask for. Never shorten code with an ellipsis."""


def system_prompt(own: str) -> str:
    """The node's own ``system`` text, then how to answer."""
    return f"{own}\n\n{FORMAT}" if own else FORMAT


def user_prompt(task: str, files: Mapping[str, str | None], *, failures: Sequence[AttemptFailed]) -> str:
    """The task, each file in a fence of its own, and the newest failure.

    Args:
        task: what to do.
        files: path -> text; ``None`` where there is no such file yet.
        failures: earlier attempts, oldest first; only the last one is told.
    """
    parts = [task, *(_file(path, text) for path, text in files.items())]
    if failures:
        last = failures[-1]
        parts.append(
            f"Your last attempt was rejected: {last.reason}\n{fenced(last.detail)}"
            if last.detail
            else f"Your last attempt was rejected: {last.reason}"
        )
    return "\n\n".join(parts)


def _file(path: str, text: str | None) -> str:
    return f"{path}\n{fenced(text)}" if text is not None else f"{path} does not exist yet."


def fenced(text: str) -> str:
    """``text`` in a fence that is longer than any run of backticks in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"
