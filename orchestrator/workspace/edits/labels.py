"""The paths by which a reply labels its blocks: on a line of their own or in a fence's info string."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Known: TypeAlias = Callable[[str], bool]
"""Whether a path is a target or an existing file."""

_PREFIX = re.compile(r"^(?:(?:#{1,6}|//|[-*+]|\d+[.)])\s+)?(?P<rest>.*)$", re.DOTALL)
_WORD = re.compile(r"^[*_]{0,2}(?:file(?:\s?name)?|path)\s*:[*_]{0,2}\s*(?P<rest>\S.*)$", re.IGNORECASE)
_NOTE = re.compile(r"\s+\((?:new|new file|modified|updated|created?|edited|changed)\)$", re.IGNORECASE)
_WRAPPERS = ("**", "__", "`", '"', "'", "*")
_SUFFIXED = re.compile(r"(?:[^/]*[^/.])?\.[A-Za-z][A-Za-z0-9_+-]{0,11}\Z")
_INFO_KEY = re.compile(r"(?:title|file|filename|path|name)\s*=\s*(?P<path>\"[^\"]+\"|'[^']+'|[^\s}]+)", re.IGNORECASE)
_CITATION = re.compile(r"\d+:\d+:")
_NO_PATHS = frozenset({"node.js", "vue.js", "next.js", "react.js", "d3.js", "three.js", "asp.net", "vb.net"})
_MAX_LABEL = 300


@dataclass(frozen=True, slots=True)
class Info:
    """A fence's info string. ``is_citation``: it quotes existing code (``12:20:src/a.py``) and is no edit."""

    language: str
    path: str = ""
    is_citation: bool = False


def _unwrapped(text: str) -> tuple[str, bool]:
    """``text`` without the quotes and emphasis around it, and whether it was marked as code."""
    is_code = False
    for _ in range(len(_WRAPPERS)):
        wrapper = next((w for w in _WRAPPERS if len(text) > 2 * len(w) and text.startswith(w) and text.endswith(w)), "")
        if not wrapper:
            break
        is_code = is_code or wrapper == "`"
        text = text[len(wrapper) : -len(wrapper)].strip()
    return text, is_code


def _peeled(text: str) -> tuple[str, bool]:
    """``text`` without ``File:``, closing colons and notes, and whether it was marked as a path."""
    is_marked = False
    while True:
        before = text
        text, is_code = _unwrapped(_NOTE.sub("", text).rstrip(":").strip())
        word = _WORD.match(text)
        text = word["rest"] if word else text
        is_marked = is_marked or is_code or word is not None
        if text == before:
            return text, is_marked


def normal_path(text: str) -> str:
    """``text`` without a leading ``./``: the only spelling that is mended rather than refused."""
    while text.startswith("./"):
        text = text[2:].lstrip("/")
    return text


def _looks_like_path(text: str) -> bool:
    last = text.rsplit("/", 1)[-1]
    return " " not in text and bool(_SUFFIXED.match(last) or ("/" in text and last and not text.startswith("//")))


def path_in_line(line: str, known: Known) -> str:
    """The path that ``line`` consists of, decoration aside; ``""`` where it is prose.

    A lone capitalised name (``Node.js``) that nothing marks as a path counts only if such a file is known.
    """
    if not line.strip() or len(line) > _MAX_LABEL:
        return ""
    stripped = line.strip()
    prefix = _PREFIX.match(stripped)
    text, is_marked = _peeled(prefix["rest"] if prefix else stripped)
    path = normal_path(text)
    if not path or known(path):
        return path
    if not _looks_like_path(path):
        return ""
    return path if is_marked or "/" in path or not path[0].isupper() else ""


def _path_in_words(words: list[str], known: Known) -> str:
    paths = [normal_path(word.strip("`\"'{}")) for word in words]
    return next((path for path in paths if path and (known(path) or _looks_like_path(path))), "")


def read_info(info: str, known: Known) -> Info:
    """The language and the path in a fence's info string.

    Known forms: ``python src/a.py``, ``src/a.py``, ``python:src/a.py``, ``python title="src/a.py"``,
    ``{.python file=src/a.py}``.
    """
    if _CITATION.match(info):
        return Info("", is_citation=True)
    words = info.split()
    if not words:
        return Info("")
    head = words[0].strip("{}").removeprefix(".") if words[0].startswith("{") else words[0]
    keyed = _INFO_KEY.search(info)
    if keyed:
        return Info(head.lower() if "=" not in head else "", normal_path(keyed["path"].strip("\"'")))
    language, colon, rest = head.partition(":")
    if colon and rest:
        return Info(language.lower(), normal_path(rest))
    path = normal_path(head)
    if known(path) or (_looks_like_path(path) and path.lower() not in _NO_PATHS):
        return Info("", path)
    return Info(head.lower(), _path_in_words(words[1:], known))
