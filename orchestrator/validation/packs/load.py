"""Finds and reads packs."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from orchestrator.errors import ConfigError, Problem
from orchestrator.resources import SUFFIXES, Places
from orchestrator.validation.packs.check import checked
from orchestrator.validation.packs.compiled import compiled
from orchestrator.validation.packs.document import Document
from orchestrator.validation.packs.schema import Pack

__all__ = ["FOLDER", "Packs", "load_packs", "read_pack"]

FOLDER = "validators"
"""The kind of data file, as :mod:`orchestrator.resources` calls it."""

_MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs that hold.

    Attributes:
        packs: id -> pack, in alphabetical order.
        files: id -> the file that it was read from; rubrics lie beside it.
        notices: what was passed over, and why.
    """

    packs: Mapping[str, Pack]
    files: Mapping[str, Path] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()

    def rubric(self, pack: str) -> str:
        """The text that a reviewing model is given for the pack; ``""`` where it has none."""
        review = self.packs[pack].review
        return (self.files[pack].parent / review.rubric).read_text(encoding="utf-8") if review else ""


def load_packs(places: Places, *, trusted: bool, explicit: Sequence[Path] = ()) -> Packs:
    """Every pack that can be found: of two with one id the first of explicit, repository, user, shipped.

    Args:
        places: where people keep their own.
        trusted: whether the repository's (``.rung/validators``) may be used: packs choose commands. Where they
            may not, they are passed over unread, with a notice for each.
        explicit: files that somebody has named.

    Raises:
        ConfigError: one of them cannot be used; with every problem of every file.
    """
    found: dict[str, Path] = {path.stem: path for path in reversed(explicit)}
    notices: list[Problem] = []
    own = places.project / ".rung" / FOLDER if places.project else None
    for folder in places.folders(FOLDER):
        for path in _listed(folder):
            if folder == own and not trusted:
                notices.append(_untrusted(path))
            else:
                found.setdefault(path.stem, path)
    return _read_all(found, tuple(notices))


def read_pack(path: Path) -> Pack:
    """The pack in the file ``path``. One that has not changed since this process read it is not read again.

    Raises:
        ConfigError: with everything that is wrong with it.
    """
    try:
        about = path.stat()
    except OSError:
        return _read_pack(path)  # which says what is wrong
    return _known_pack(path, (about.st_ino, about.st_size, about.st_mtime_ns))


@lru_cache(maxsize=256)
def _known_pack(path: Path, _as_it_is: tuple[int, int, int]) -> Pack:
    return _read_pack(path)


def _read_pack(path: Path) -> Pack:
    from orchestrator.validation.parsers.table import PARSERS

    name = _called(path)
    text = _text(path, name)
    known = compiled(path, text)
    document = _parsed(text, name) if known is None else Document(name, known)
    pack, problems = checked(document, stem=path.stem, parsers=sorted(PARSERS))
    if pack is None:
        raise ConfigError(problems)
    if pack.review and not (path.parent / pack.review.rubric).is_file():
        raise ConfigError([Problem(what="there is no such file", file=name, path="review.rubric")])
    return pack


def _parsed(text: str, name: str) -> Document:
    from orchestrator.validation.packs.yamltext import parse

    return parse(text, name)


def _read_all(found: Mapping[str, Path], notices: tuple[Problem, ...]) -> Packs:
    packs: dict[str, Pack] = {}
    problems: list[Problem] = []
    for name, path in sorted(found.items()):
        try:
            packs[name] = read_pack(path)
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    return Packs(packs, dict(found), notices)


def _listed(folder: Path) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return  # a folder that is absent or closed to us offers none
    yield from (path for path in paths if path.suffix in SUFFIXES and path.is_file())


def _text(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            raise ConfigError([Problem(what="there is no such file, or it is no regular one", file=name)])
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError([Problem(what=f"the file cannot be read: {error.strerror}", file=name)]) from error
    if len(content) > _MAX_BYTES:
        raise ConfigError([Problem(what=f"the file is larger than {_MAX_BYTES:,} bytes", file=name)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(what="the file is not UTF-8", file=name, line=line)]) from error


def _called(path: Path) -> str:
    """Relative to the working directory where it lies below."""
    here = Path.cwd()
    return os.fspath(path.relative_to(here) if path.is_relative_to(here) else path)


def _untrusted(path: Path) -> Problem:
    return Problem(
        what="ignored: a repository's packs choose commands and need your trust", file=_called(path), hint="rung trust"
    )
