"""What commands may read of the run's repository: the candidate's commit, its history and the user's tags."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from orchestrator.domain.sandbox import GitView
from orchestrator.domain.tree import CommitId
from orchestrator.workspace.alternates import object_stores, write_alternates
from orchestrator.workspace.repository import RunRepository

_FORMAT = "%(refname)%00%(objectname)%00"


async def read_tags(repository: RunRepository) -> dict[str, str]:
    """The user's tags: full name -> the id that it holds; empty where there is no repository.

    Raises:
        GitError: git failed.
    """
    common = repository.facts.common_dir
    if common is None:
        return {}
    said = await repository.store.git.ask(("for-each-ref", f"--format={_FORMAT}", "refs/tags"), common, git_dir=common)
    fields = [field.removeprefix("\n") for field in said.fields()]
    return dict(zip(fields[::2], fields[1::2], strict=True))


def view_of(repository: RunRepository, commit: CommitId, *, tags: Mapping[str, str], index: Path) -> GitView:
    """The view with ``commit`` checked out; ``index`` matches its files."""
    git_dir = repository.store.git_dir
    edge = git_dir / "shallow"
    return GitView(
        head=commit,
        objects=tuple(str(store) for store in object_stores(git_dir / "objects")),
        tags=tags,
        index=str(index),
        shallow=tuple(edge.read_text(encoding="ascii").split()) if edge.is_file() else (),
        object_format=repository.store.object_format,
    )


def write_view(view: GitView, git_dir: Path) -> None:
    """Make ``git_dir`` a repository of its own that shows ``view``: for commands outside of a sandbox.

    It borrows the objects; what a command writes stays in it. Formats: gitrepository-layout(5).

    Raises:
        OSError: it cannot be written.
    """
    for name in ("objects/info", "objects/pack", "refs"):
        (git_dir / name).mkdir(parents=True)
    version, extension = "0", ""
    if view.object_format != "sha1":
        version, extension = "1", f"[extensions]\n\tobjectFormat = {view.object_format}\n"
    texts = {
        "HEAD": f"{view.head}\n",
        "config": f"[core]\n\trepositoryformatversion = {version}\n\tbare = false\n{extension}",
        "shallow": "".join(f"{commit}\n" for commit in view.shallow),
    }
    for name, text in texts.items():
        if text:
            (git_dir / name).write_text(text, encoding="ascii")
    refs = b"".join(b"%s %s\n" % (view.tags[name].encode(), os.fsencode(name)) for name in sorted(view.tags))
    (git_dir / "packed-refs").write_bytes(refs)
    write_alternates(git_dir / "objects", tuple(Path(store) for store in view.objects))
    shutil.copy2(view.index, git_dir / "index")
