"""What stands before the hunks of one file in a unified diff: git's extended header, or two bare lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.errors import ReplyError

NULL = "/dev/null"

_GIT = re.compile(r"^diff --git (?P<rest>.+)$")
_SAME_NAMES = re.compile(r"^a/(?P<name>.{1,4096}) b/(?P=name)$", re.DOTALL)
_QUOTED_PAIR = re.compile(r'^(?P<old>"(?:[^"\\]|\\.)*"|\S+) (?P<new>"(?:[^"\\]|\\.)*"|\S+)$')
_MODE = re.compile(r"^(?P<what>old mode|new mode|new file mode|deleted file mode) (?P<mode>\S+)$")
_INDEX = re.compile(r"^index [0-9a-f]+\.\.[0-9a-f]+(?: (?P<mode>\d+))?$")
_MOVE = re.compile(r"^(?P<what>rename|copy) (?P<end>from|to) (?P<path>.+)$")
_SIMILARITY = re.compile(r"^(?:dis)?similarity index \d+%$")
_BINARY = re.compile(r"^(?:GIT binary patch|Binary files .* differ)$")
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = re.compile(r'"(?:[^"\\]|\\(?:[0-3][0-7]{2}|[abtnvfr"\\]))*"')
_ESCAPE = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header. ``old`` and ``new`` are ``None`` for ``/dev/null``; ``size`` counts its lines."""

    old: str | None
    new: str | None
    size: int
    modes: tuple[str, ...] = ()
    new_mode: str = ""


@dataclass(frozen=True, slots=True)
class _Extended:
    """What git's own lines say; every field empty where they say nothing."""

    old: str = ""
    new: str = ""
    modes: tuple[str, ...] = ()
    new_mode: str = ""
    is_new: bool = False
    is_deleted: bool = False
    moved_from: str = ""
    moved_to: str = ""


def is_git_start(line: str) -> bool:
    """Whether ``line`` starts the part of one file in git's style."""
    return _GIT.match(line) is not None


def is_file_pair(lines: Sequence[str], index: int) -> bool:
    """Whether ``lines[index]`` is ``--- old`` with ``+++ new`` below it."""
    return index + 1 < len(lines) and lines[index].startswith("--- ") and lines[index + 1].startswith("+++ ")


def is_header_line(lines: Sequence[str], index: int) -> bool:
    """Whether ``lines[index]`` can stand inside a header, behind its first line."""
    line = lines[index]
    patterns = (_MODE, _INDEX, _MOVE, _SIMILARITY)
    return line.startswith("+++ ") or is_file_pair(lines, index) or any(pattern.match(line) for pattern in patterns)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) if len(code) > 1 else _ESCAPES[code.decode()]])


def unquoted(name: str) -> str:
    """``name`` as git quotes it in C style, or as it is where it starts with no quote.

    Raises:
        ReplyError: it starts with a quote, but is not quoted as a whole.
    """
    if not name.startswith('"'):
        return name
    if _QUOTED.fullmatch(name) is None:
        raise ReplyError(f"the name {name!r} in a diff is not quoted as git does it")
    raw = _ESCAPE.sub(_unescaped, name[1:-1].encode("utf-8", "surrogatepass"))
    return raw.decode("utf-8", "surrogateescape")


def _name_in(line: str) -> str:
    """The name in a ``---`` or ``+++`` line, without the time stamp that follows a tab."""
    return unquoted(line[4:].partition("\t")[0].rstrip())


def _without_prefixes(old: str, new: str) -> tuple[str | None, str | None]:
    """Both names as paths: ``a/`` and ``b/`` go if each name that is one has its own."""
    if (old == NULL or old.startswith("a/")) and (new == NULL or new.startswith("b/")):
        old, new = old.removeprefix("a/"), new.removeprefix("b/")
    return (None if old == NULL else old), (None if new == NULL else new)


def _git_names(rest: str) -> tuple[str, str]:
    if "\r" in rest:  # the line's own end is gone: git would see two names here, and the lines below perhaps one
        raise ReplyError("a name in a diff holds a carriage return", hint="quote it as git does")
    same = _SAME_NAMES.match(rest)
    if same:
        return same["name"], same["name"]
    pair = _QUOTED_PAIR.match(rest)
    old, new = _without_prefixes(unquoted(pair["old"]), unquoted(pair["new"])) if pair else ("", "")
    return old or "", new or ""


def _with_mode(known: _Extended, what: str, *, mode: str) -> _Extended:
    return replace(
        known,
        modes=(*known.modes, mode),
        new_mode=mode if what in {"new mode", "new file mode"} else known.new_mode,
        is_new=known.is_new or what == "new file mode",
        is_deleted=known.is_deleted or what == "deleted file mode",
    )


def _with_line(known: _Extended, line: str) -> _Extended | None:
    """``known`` and what one extended line adds; ``None`` where it is no such line."""
    mode, index, move = _MODE.match(line), _INDEX.match(line), _MOVE.match(line)
    if mode:
        return _with_mode(known, mode["what"], mode=mode["mode"])
    if index:
        return replace(known, modes=(*known.modes, index["mode"])) if index["mode"] else known
    if move and move["what"] == "rename":
        path = unquoted(move["path"].rstrip())
        return replace(known, moved_from=path) if move["end"] == "from" else replace(known, moved_to=path)
    if move or _BINARY.match(line):
        raise ReplyError("copies and binary patches are not read", hint="send the new file as a whole")
    return known if _SIMILARITY.match(line) else None


def _extended(lines: Sequence[str], start: int) -> tuple[_Extended, int]:
    """What the git lines from ``start`` say, and the index of the first line behind them."""
    git = _GIT.match(lines[start])
    if git is None:
        return _Extended(), start
    old, new = _git_names(git["rest"])
    known, index = _Extended(old=old, new=new), start + 1
    while index < len(lines):
        more = _with_line(known, lines[index])
        if more is None:
            break
        known, index = more, index + 1
    return known, index


def _named_by_git(known: _Extended) -> tuple[str | None, str | None]:
    if known.moved_from or known.moved_to:
        return known.moved_from, known.moved_to
    if known.old != known.new:
        return "", ""  # two names are no rename: only git's own lines say that a file moves
    return (None if known.is_new else known.old), (None if known.is_deleted else known.new)


def _contradicts(known: _Extended, old: str | None, *, new: str | None) -> bool:
    """Whether ``---`` and ``+++`` name other files than git's lines do. ``/dev/null`` needs no word of theirs."""
    said_old, said_new = _named_by_git(known)
    pairs = ((said_old, old), (said_new, new))
    return any(said != "" and name is not None and said != name for said, name in pairs)


def read_header(lines: Sequence[str], start: int) -> Header:
    """The header that starts at ``lines[start]``, where :func:`is_git_start` or :func:`is_file_pair` holds.

    Raises:
        ReplyError: its lines contradict each other, name no file, or announce a copy or a binary patch.
    """
    known, index = _extended(lines, start)
    old, new = _named_by_git(known)
    if is_file_pair(lines, index):
        old, new = _without_prefixes(_name_in(lines[index]), _name_in(lines[index + 1]))
        index += 2
        if is_git_start(lines[start]) and _contradicts(known, old, new=new):
            raise ReplyError("the header of a diff contradicts itself", path=new or old or "", line=start + 1)
    if old == "" or new == "" or (old is None and new is None):
        raise ReplyError("the header of a diff names no file", line=start + 1)
    if old != new and None not in (old, new) and not known.moved_to:
        hint = "add 'rename from' and 'rename to' below a 'diff --git' line to move it"
        raise ReplyError("the header of a diff names two files", path=new or "", line=start + 1, hint=hint)
    return Header(old, new, index - start, known.modes, known.new_mode)
