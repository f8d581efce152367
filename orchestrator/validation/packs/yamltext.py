"""YAML text to plain data that remembers its lines.

Built on ruamel's events, so that nothing is ever constructed from a tag. Anchors, aliases and tags are refused: a pack
needs none, and without them no small file can become a large one.
"""

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import Problem
from orchestrator.validation.packs.document import Document, KeyPath

__all__ = ["parse"]

_MAX_DEPTH = 50
_RUAMEL_BUGS = (ValueError, OverflowError, IndexError, AttributeError, TypeError, NotImplementedError, AssertionError)
"""What ruamel raises on some malformed text instead of an error of its own (an escape beyond Unicode, for one)."""
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z")


def parse(text: str, file: str) -> Document:
    """The one mapping that ``text`` holds. Never raises: what is wrong is in the document's problems."""
    reader = _Reader(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reader.feed(event)
    except _NotPlainError as error:
        what, line = error.args
        return _unusable(file, what, line=line)
    except YAMLError as error:
        return _unusable(file, f"not valid YAML: {_reason(error)}", line=_line(error))
    except _RUAMEL_BUGS:
        return _unusable(file, "not valid YAML: an escape or a directive here means nothing", line=1)
    if not isinstance(reader.root, dict):
        return _unusable(file, "a pack is a mapping", line=1)
    return Document(file, reader.root, reader.lines, tuple(reader.problems))


class _NotPlainError(Exception):
    """What is not read: anchors, aliases, tags, too many levels or documents. Arguments: what, line."""


def _unusable(file: str, what: str, *, line: int) -> Document:
    return Document(file, None, problems=(Problem(what=what, file=file, line=line),))


def _reason(error: YAMLError) -> str:
    return str(error.problem or error.context) if isinstance(error, MarkedYAMLError) else "a control character"


def _line(error: YAMLError) -> int:
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark is not None else 1


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open, and the key whose value comes next."""

    value: "list[JsonValue] | dict[str, JsonValue]"
    path: KeyPath
    key: str | None = None
    is_repeated: bool = False


class _Reader:
    """Turns events into values and notes their lines."""

    def __init__(self, file: str) -> None:
        self.root: JsonValue = None
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._frames: list[_Frame] = []
        self._documents = 0

    def feed(self, event: Event) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1
        _refuse(event, line)
        frame = self._frames[-1] if self._frames else None
        is_key = frame is not None and isinstance(frame.value, dict) and frame.key is None
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _NotPlainError("the file holds more than one document", line)
        elif isinstance(event, CollectionEndEvent):
            self._frames.pop()
        elif isinstance(event, ScalarEvent) and is_key:
            self._key(str(event.value), line)
        elif isinstance(event, ScalarEvent):
            self._put(_scalar(event), line)
        elif isinstance(event, CollectionStartEvent):
            if is_key:
                raise _NotPlainError("a key must be text", line)
            self._open({} if isinstance(event, MappingStartEvent) else [], line)

    def _key(self, key: str, line: int) -> None:
        frame = self._frames[-1]
        assert isinstance(frame.value, dict)
        here = (*frame.path, key)
        frame.key, frame.is_repeated = key, key in frame.value
        if frame.is_repeated:
            what, hint = f"the key {key!r} is written twice", f"first on line {self.lines[here]}"
            self.problems.append(Problem(what=what, file=self._file, line=line, hint=hint))
        self.lines.setdefault(here, line)

    def _open(self, value: "list[JsonValue] | dict[str, JsonValue]", line: int) -> None:
        path = self._put(value, line)
        self._frames.append(_Frame(value, path))
        if len(self._frames) > _MAX_DEPTH:
            raise _NotPlainError(f"nested more than {_MAX_DEPTH} levels deep", line)

    def _put(self, value: JsonValue, line: int) -> KeyPath:
        """Enter ``value`` where it belongs; returns its path."""
        if not self._frames:
            self.root = value
            return ()
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            path: KeyPath = (*frame.path, len(frame.value))
            frame.value.append(value)
        else:
            assert frame.key is not None
            path = (*frame.path, frame.key)
            if not frame.is_repeated:
                frame.value[frame.key] = value
            frame.key = None
        self.lines.setdefault(path, line)
        return path


def _refuse(event: Event, line: int) -> None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _NotPlainError("anchors and aliases are not supported here", line)
    if getattr(event, "tag", None) not in (None, "!"):
        raise _NotPlainError("tags are not supported", line)


def _scalar(event: Any) -> JsonValue:
    """The value by YAML 1.2's core schema; ``1.10`` is a number, for the schema to refuse where text is meant."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text
