"""A repository that can be read and not written: made of a few small files, and object folders of the host."""

import os
from collections.abc import Iterator
from pathlib import Path

from orchestrator.domain.sandbox import GitView
from orchestrator.sandbox.mounts import BindMount, FileMount, FixedMount, Mount, OverFile, SealMount, TmpMount

__all__ = ["git_mounts"]

_OBJECTS = "/run/rung/objects"
_STORE = "/run/rung/git"


def git_mounts(view: GitView | None, *, mount: str, is_file: bool) -> Iterator[Mount]:
    """What lies at ``.git`` of the tree seen at ``mount``: a repository that ``git describe`` understands, or nothing.

    Either way it is read-only and cannot be moved away: no hook, configuration or ``gitdir:`` of a command's
    making is ever found there. ``is_file`` says that the tree has a file of that name: then it is one inside too.
    Formats: gitrepository-layout(5); packed-refs without peeled lines, as git accepts it.
    """
    at = f"{mount}/.git"
    if is_file:
        yield OverFile(at, f"gitdir: {_STORE}\n".encode() if view else b"")
    else:
        yield TmpMount(at)
        yield SealMount(at)
    if view:
        yield from _repository(view, at=_STORE if is_file else at, mount=mount)


def _repository(view: GitView, *, at: str, mount: str) -> Iterator[Mount]:
    yield FileMount(f"{at}/HEAD", f"{f'ref: refs/heads/{view.branch}' if view.branch else view.head}\n".encode())
    yield FileMount(f"{at}/config", _config(view))
    yield FileMount(f"{at}/packed-refs", _packed_refs(view))
    yield FixedMount(f"{at}/refs", "--dir")
    if view.shallow:
        yield FileMount(f"{at}/shallow", "".join(f"{commit}\n" for commit in view.shallow).encode())
    if view.index:
        yield BindMount(f"{at}/index", view.index)
    stores = [f"{_OBJECTS}/{number}" for number, _ in enumerate(view.objects)]
    yield FileMount(f"{at}/objects/info/alternates", "".join(f"{store}\n" for store in stores).encode())
    for store, source in zip(stores, view.objects, strict=True):
        yield BindMount(store, source)
        if Path(source, "info", "alternates").is_file():
            yield OverFile(f"{store}/info/alternates", b"")  # they name paths of the host; each is bound by itself
    quoted = mount.replace("\\", "\\\\").replace('"', '\\"')
    yield FileMount("/etc/gitconfig", f'[safe]\n\tdirectory = "{quoted}"\n'.encode("utf-8", "surrogateescape"))


def _config(view: GitView) -> bytes:
    lines = ["[core]", "\tbare = false", "\tlogAllRefUpdates = false", "\thooksPath = /dev/null"]
    if view.object_format == "sha1":
        lines.insert(1, "\trepositoryformatversion = 0")
    else:
        lines.insert(1, "\trepositoryformatversion = 1")
        lines += ["[extensions]", f"\tobjectFormat = {view.object_format}"]
    return "".join(f"{line}\n" for line in lines).encode()


def _packed_refs(view: GitView) -> bytes:
    refs = dict(view.tags)
    if view.branch:
        refs[f"refs/heads/{view.branch}"] = view.head
    return b"".join(b"%s %s\n" % (refs[name].encode(), os.fsencode(name)) for name in sorted(refs))
