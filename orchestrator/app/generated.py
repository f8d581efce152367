"""Generated sources: what a tool of the user's left beside tracked files, and git ignores, for copies of these files.

A version that is written at installation, a parser made from a grammar: without it nothing can be imported, and no
stage of the checks makes it. Only what is one of these by every sign there is comes along: see :func:`generated_in`.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import anyio.to_thread

from orchestrator.validation.packs import Packs, Project
from orchestrator.validation.packs.globs import matching
from orchestrator.validation.pipeline import beneath
from orchestrator.workspace.git import Git

_MOST_TEXT = 1 << 20
"""Bytes of one that is taken along."""
_MOST_TEXTS = 8 << 20
"""Characters of all together."""
_HEAD = 1024
"""Characters in which a file says what it was made by, and of what."""
_SAYS_SO = re.compile(r"\bgenerated\b|\bdo not (?:edit|modify)\b|\bdon'?t (?:edit|change|modify)\b", re.IGNORECASE)
_VERSION = re.compile(r"_{0,2}version_{0,2}\.pyi?")
"""What tools that read the version from git write, often without a word."""
_WORD = re.compile(r"[\w.-]+")

Known: TypeAlias = tuple[Sequence[Project], Packs]


async def generated_in(git: Git, root: Path, *, known: Callable[[], Known]) -> dict[str, str]:
    """The generated sources in the work tree at ``root``: path below it -> text.

    Each is ignored by git, lies in a folder with tracked sources of one of the projects, has a name that its pack
    calls generated, and says in its beginning that it was made by a tool, or is called as versions are. None is a
    link, larger than 1 MiB, in a folder that is ignored as a whole (dependencies, caches and build output are), or
    named as a tracked source beside it: what was made of that is for a build to make.

    Args:
        git: asks what is ignored.
        root: absolute.
        known: finds the projects of the tracked files, and the packs; called where there is something to look at.

    Raises:
        GitError: git failed.
    """
    args = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    alone = [name for name in (await git.ask(args, root)).fields() if not name.endswith("/")]
    return await anyio.to_thread.run_sync(partial(_chosen, root, alone, known=known))


def _chosen(root: Path, alone: Sequence[str], *, known: Callable[[], Known]) -> dict[str, str]:
    texts = dict(_told(root, sorted(alone)))
    if not texts:
        return {}
    projects, packs = known()
    names = {name for one in projects for name in _beside(one, packs.packs[one.pack].generated, ignored=list(texts))}
    return {name: text for name, text in texts.items() if name in names}


def _beside(project: Project, globs: tuple[str, ...], *, ignored: Sequence[str]) -> Iterator[str]:
    stems: dict[str, set[str]] = {}
    for source in matching(project.own, globs):
        folder, name = posixpath.split(project.path(source))
        stems.setdefault(folder, set()).add(_stem(name))
    prefix = project.path("")
    for path in matching((one[len(prefix) :] for one in ignored if one.startswith(prefix)), globs):
        folder, name = posixpath.split(project.path(path))
        if folder in stems and _stem(name) not in stems[folder]:
            yield project.path(path)


def _stem(name: str) -> str:
    return name.partition(".")[0]


def _told(root: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    room = _MOST_TEXTS
    for name in names:
        text = beneath.read_exactly(root, name, limit=_MOST_TEXT) if _is_generated(root, name) else None
        if text is not None and len(text) <= room:
            room -= len(text)
            yield name, text


def _is_generated(root: Path, path: str) -> bool:
    is_version = _VERSION.fullmatch(posixpath.basename(path)) is not None
    return is_version or _SAYS_SO.search(beneath.read(root, path, limit=_HEAD) or "") is not None


async def lay_generated(folder: Path, texts: Mapping[str, str], *, changed: Sequence[str] = ()) -> None:
    """Put ``texts`` into the copy ``folder``: where nothing is, and where their folder is there.

    One whose beginning names a file of ``changed`` is left out: it was made of what that file was before.

    Raises:
        OSError: the disk is full, for example.
    """
    other = frozenset(posixpath.basename(path) for path in changed)
    await anyio.to_thread.run_sync(partial(_lay, folder, made_of_none(texts, other)))


def made_of_none(texts: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    """Those of ``texts`` whose beginning holds none of ``names`` as a word."""
    return {path: text for path, text in texts.items() if not names & _words(text[:_HEAD])}


def _words(text: str) -> set[str]:
    return {word.strip(".") for word in _WORD.findall(text)}


def _lay(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        beneath.add(folder, path, text=text)
