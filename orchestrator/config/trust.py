"""Which configuration that a repository brings its user trusts: by its content, noted in the user's own state folder.

``trust.json`` there holds, for each path, the SHA-256 of what was trusted. A file that has changed since is not
trusted any more, wherever the change came from.
"""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.config.files import repository_source
from orchestrator.config.merge import Trust
from orchestrator.config.origin import Source
from orchestrator.config.treedigest import digest_of_folder, fault_of
from orchestrator.errors import ConfigError, Problem
from orchestrator.resources import project_root, state_home

NAME = "trust.json"
FOLDER = ".rung"
_VERSION = 1
_MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """A file or folder of configuration that a repository brings; ``digest``: of its content."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Trusted:
    """What was trusted: a digest, and when (seconds since the epoch)."""

    digest: str
    at: float


def brought_by(folder: Path) -> tuple[Brought, ...]:
    """What would have to be trusted for all that counts in ``folder``, which is absolute; ``()`` for nothing.

    Raises:
        ConfigError: it cannot be read, or is not fit to be trusted: a symbolic link, or everybody may write to it.
    """
    source, notices = repository_source(folder)
    own = project_root(folder) / FOLDER
    found = [] if source.path is None else [Brought(source.path, source.digest)]
    faults = [*notices] + [Problem(file=str(one.path), what=why) for one in found if (why := fault_of(one.path))]
    if faults:
        raise ConfigError(faults)
    if own.is_dir() or own.is_symlink():
        found.append(Brought(own, digest_of_folder(own)))
    return tuple(found)


def is_trusted(brought: Brought, environ: Mapping[str, str]) -> bool:
    """Whether the user trusts exactly this.

    Raises:
        ConfigError: what is trusted cannot be read.
    """
    known = read_trusted(environ).get(str(brought.path))
    return known is not None and known.digest == brought.digest


def trust_in(source: Source, environ: Mapping[str, str]) -> Trust:
    """Whether what was read as the repository's own configuration is trusted. Never raises: what is unclear is not."""
    if source.path is None:
        return Trust(is_given=False, remedy="")
    if why := fault_of(source.path):
        return Trust(is_given=False, remedy=f"it cannot be trusted: {why}")
    try:
        known = read_trusted(environ).get(str(source.path))
    except ConfigError as error:
        return Trust(is_given=False, remedy=str(error))
    if known is None:
        return Trust(is_given=False, remedy="read it, then: rung trust")
    changed = "it has changed since you trusted it: read it, then: rung trust"
    return Trust(is_given=known.digest == source.digest, remedy=changed)


def trust_in_folder(cwd: Path, environ: Mapping[str, str]) -> Trust:
    """Whether the project's ``.rung/`` is trusted, for a command started in ``cwd``, which is absolute.

    Never raises: what is unclear is not trusted, and neither is what is not there.
    """
    own = project_root(cwd) / FOLDER
    try:
        given = own.is_dir() and is_trusted(Brought(own, digest_of_folder(own)), environ)
    except ConfigError as error:
        return Trust(is_given=False, remedy=f"it cannot be trusted: {error}")
    return Trust(is_given=given, remedy="read it, then: rung trust")


def read_trusted(environ: Mapping[str, str]) -> Mapping[str, Trusted]:
    """Absolute path -> what is trusted there; empty where nothing ever was, or the user has no state folder.

    Raises:
        ConfigError: the file is damaged, a link, or somebody else may have written it.
    """
    home = state_home(environ)
    if home is None:
        return {}
    path = home / NAME
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(path, f"it cannot be read: {error.strerror}") from None
    with _closing(handle):
        if why := _fault_of_store(os.fstat(handle)):
            raise _unusable(path, why)
        with open(handle, "rb", closefd=False) as file:  # a path may name another file by now
            content = file.read(_MAX_BYTES)
    return _parsed(path, content)


@contextmanager
def _closing(handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(handle)


def add_trusted(brought: Sequence[Brought], environ: Mapping[str, str], *, at: float) -> None:
    """Trust these from now on, as they are.

    Raises:
        ConfigError: the user has no state folder, or what is trusted cannot be read or written.
    """
    with _changing(environ) as entries:
        entries.update({str(one.path): Trusted(one.digest, at) for one in brought})


def remove_trusted(root: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Trust nothing at or below ``root`` any more; the paths that were trusted there, sorted.

    Raises:
        ConfigError: as :func:`add_trusted`.
    """
    with _changing(environ) as entries:
        gone = sorted(path for path in entries if Path(path).is_relative_to(root))
        for path in gone:
            del entries[path]
    return tuple(map(Path, gone))


@contextmanager
def _changing(environ: Mapping[str, str]) -> Iterator[dict[str, Trusted]]:
    home = state_home(environ)
    if home is None:
        raise ConfigError([Problem(what="there is no place to note it: HOME and XDG_STATE_HOME are not set")])
    path = home / NAME
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (home / f"{NAME}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = dict(read_trusted(environ))
            yield entries
            _write(path, entries)
    except OSError as error:
        raise _unusable(path, f"it cannot be written: {error.strerror}") from None


def _write(path: Path, entries: Mapping[str, Trusted]) -> None:
    """Readers see the old file or the new one, and nobody else may read or write it."""
    trusted = {name: {"digest": one.digest, "at": one.at} for name, one in sorted(entries.items())}
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
            os.fchmod(file.fileno(), 0o600)  # the umask may have taken even that away
            json.dump({"version": _VERSION, "trusted": trusted}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _parsed(path: Path, content: bytes) -> dict[str, Trusted]:
    try:
        told: Any = json.loads(content)
        if told["version"] != _VERSION:
            raise _unusable(path, "another version of Rung wrote it")
        return {name: Trusted(str(one["digest"]), float(one["at"])) for name, one in told["trusted"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unusable(path, "it is damaged") from None


def _fault_of_store(about: os.stat_result) -> str:
    if not stat.S_ISREG(about.st_mode):
        return "it is not a regular file"
    if about.st_uid != os.geteuid():
        return "it belongs to somebody else"
    return "others may write to it" if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


def _unusable(path: Path, what: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), what=what, hint="remove it, then trust again what you need")])
