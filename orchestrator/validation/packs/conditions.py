"""Whether what a pack asks of a project is so."""

import re
import shlex
from collections.abc import Sequence

from orchestrator.validation.packs.lookup import Read, as_text, find_key
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.schema import Condition, KeyCondition, TextCondition

__all__ = ["arguments", "holding", "holds_any"]

_MOST_READ = 200
"""Files that one condition on texts looks into."""


def holds_any(project: Project, conditions: Sequence[Condition], *, read: Read) -> bool:
    """Whether one of ``conditions`` holds; without any it is so."""
    return not conditions or holding(project, conditions, read=read) is not None


def holding(project: Project, conditions: Sequence[Condition], *, read: Read) -> Condition | None:
    """The first of ``conditions`` that holds; ``None`` where none does."""
    return next((one for one in conditions if _holds(project, one, read=read)), None)


def arguments(project: Project, condition: Condition | None, *, read: Read) -> tuple[str, ...]:
    """The words that the group ``args`` of a key's pattern stands for; none where there is no such group."""
    match = _key(project, condition.key, read=read) if condition and condition.key else None
    text = match.groupdict().get("args") if match else None
    try:
        return tuple(shlex.split(text or ""))
    except ValueError:
        return ()  # a quotation mark without its partner: the project's own script does not run either


def _holds(project: Project, condition: Condition, *, read: Read) -> bool:
    return (
        (not condition.files or bool(project.find(condition.files)))
        and not (condition.absent and project.find(condition.absent))
        and (condition.key is None or _key(project, condition.key, read=read) is not None)
        and (condition.text is None or _text(project, condition.text, read=read))
    )


def _key(project: Project, key: KeyCondition, *, read: Read) -> re.Match[str] | None:
    text = read(project.path(key.file))
    value = None if text is None else find_key(text, key.file, at=key.at)
    return None if value is None else re.search(key.matches or "", as_text(value))


def _text(project: Project, condition: TextCondition, *, read: Read) -> bool:
    pattern = re.compile(condition.pattern, re.MULTILINE)
    hits = 0
    for name in project.find(condition.files)[:_MOST_READ]:
        text = read(project.path(name))
        hits += text is not None and pattern.search(text) is not None
        if hits and condition.exactly is None:
            return True
    return hits == condition.exactly
