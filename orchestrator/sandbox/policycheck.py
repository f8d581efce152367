"""Finds what is wrong with a sandbox policy before anything is mounted."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import InputError, Problem
from orchestrator.sandbox.view import tree_of

__all__ = ["check_policy"]

_RESERVED = ("/proc", "/dev", "/sys", "/run/rung", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/tmp")  # noqa: S108  # names
_MAY_HOLD = ("/tmp", "/usr", "/etc", "/lib", "/lib64")  # noqa: S108  # names

_REMEMBERED = 1024
"""Paths of which it is remembered what they are by their text alone: policies of one run name the same ones."""


def check_policy(policy: SandboxPolicy) -> None:
    """Refuse a policy that cannot be mounted, or that would open more than it says.

    Raises:
        InputError: a path that is not absolute and plain, does not exist, or would hide a part of the system;
            a folder where single files may be written; a tree in which a symbolic link leads a mount elsewhere;
            a limit below 1; an unknown network.
    """
    if problems := list(_problems(policy)):
        raise InputError(problems)


def _problems(policy: SandboxPolicy) -> Iterator[Problem]:
    yield from _path_problems(policy)
    layered = any(overlay.inside == policy.mount for overlay in policy.overlays)
    if bool(policy.tree) == layered:
        yield Problem(path="tree", what="the tree is either a folder or an overlay at its mount")
    if policy.network not in ("none", "all"):
        yield Problem(path="network", what=f"{policy.network!r} is neither 'none' nor 'all'")
    for name in policy.limits.__slots__:
        if getattr(policy.limits, name) < 1:
            yield Problem(path=f"limits.{name}", what="it is less than 1")


def _path_problems(policy: SandboxPolicy) -> Iterator[Problem]:
    named = [*_sources(policy), *_targets(policy)]
    yield from (
        Problem(path=name, what=f"{path!r} is not an absolute path without '..'")
        for name, path in named
        if not _is_plain(path)
    )
    for name, path in _sources(policy):
        if _is_plain(path) and not Path(path).exists():
            yield Problem(path=name, what=f"{path} does not exist")
    for bind in policy.writable:
        if Path(bind.source).is_dir():
            yield Problem(path="writable", what=f"{bind.source} is a folder, which nothing would keep within limits")
    yield from _target_problems(policy)


def _target_problems(policy: SandboxPolicy) -> Iterator[Problem]:
    for name, path in _targets(policy):
        if _hides(path):
            yield Problem(path=name, what=f"{path} belongs to the system and cannot be replaced")
        elif link := _link_on_the_way(policy, path):
            yield Problem(path=name, what=f"{link} in the tree is a symbolic link, so nothing is mounted behind it")
    if link := _link_on_the_way(policy, f"{policy.mount}/.git"):
        yield Problem(path="tree", what=f"{link} in the tree is a symbolic link", hint="remove it")


def _sources(policy: SandboxPolicy) -> Iterator[tuple[str, str]]:
    if policy.tree:
        yield "tree", policy.tree
    yield from (("readonly", bind.source) for bind in policy.readonly)
    yield from (("writable", bind.source) for bind in policy.writable)
    yield from (("overlays", overlay.lower) for overlay in policy.overlays)
    yield from (("overlays.kept", overlay.kept) for overlay in policy.overlays if overlay.kept)
    if policy.git:
        yield from (("git.objects", path) for path in policy.git.objects)
        if policy.git.index:
            yield "git.index", policy.git.index


def _targets(policy: SandboxPolicy) -> Iterator[tuple[str, str]]:
    yield "mount", policy.mount
    yield from (("readonly", bind.inside) for bind in policy.readonly)
    yield from (("writable", bind.inside) for bind in policy.writable)
    yield from (("overlays", overlay.inside) for overlay in policy.overlays)


@lru_cache(maxsize=_REMEMBERED)
def _is_plain(path: str) -> bool:
    return (
        path.startswith("/") and "\0" not in path and str(PurePosixPath(path)) == path and ".." not in path.split("/")
    )


@lru_cache(maxsize=_REMEMBERED)
def _hides(path: str) -> bool:
    """Whether it is a folder that a sandbox needs for itself, lies in one, or holds one."""
    place = PurePosixPath(path)
    if any(PurePosixPath(reserved).is_relative_to(place) for reserved in _RESERVED):
        return True
    own = (reserved for reserved in _RESERVED if reserved not in _MAY_HOLD)
    return any(place.is_relative_to(reserved) for reserved in own)


def _link_on_the_way(policy: SandboxPolicy, target: str) -> str:
    """The first symbolic link in the tree on the way to ``target``; the launcher would follow it, out of the tree."""
    place = PurePosixPath(target)
    if not place.is_relative_to(policy.mount):
        return ""
    path, root = Path(tree_of(policy)), Path(tree_of(policy))
    for part in place.relative_to(policy.mount).parts:
        path /= part
        if path.is_symlink():
            return str(path.relative_to(root))
    return ""
