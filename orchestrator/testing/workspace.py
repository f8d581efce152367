"""A run's repository in memory."""

import difflib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.ids import NodeId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import PathError, RefMovedError
from orchestrator.ports import EditPermit
from orchestrator.workspace.edits import PathPolicy, changes_from_reply

__all__ = ["MemoryCommit", "MemoryWorkspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCommit:
    """A commit of a :class:`MemoryWorkspace`.

    Attributes:
        parent: ``None`` for the base.
        merged: what a merge brings in; ``None`` where this is none.
    """

    files: Mapping[str, str]
    parent: CommitId | None = None
    merged: CommitId | None = None
    message: str = ""


class MemoryWorkspace:
    """Implements :class:`orchestrator.ports.Workspace` with dictionaries: files are text, without modes; no links.

    Edits are read and applied by the engine's own code. As in git, making the same edit again makes another commit.
    ``Train(workspace, judge)`` lands in it (:mod:`orchestrator.workspace.train`). Its merges know whole files only: two
    commits that change the same file conflict.

    Attributes:
        commits: every commit by its id.
        base: where the run began.
        candidates: what was kept, by node and attempt.
        published: what was handed over, newest last.
    """

    def __init__(self, files: Mapping[str, str], *, branch: str = "rung/memory") -> None:
        self.commits: dict[CommitId, MemoryCommit] = {}
        self.base = self._commit(MemoryCommit(files=dict(files), message="the base"))
        self.candidates: dict[tuple[NodeId, int], CommitId] = {}
        self.published: list[CommitId] = []
        self._branch = branch
        self._head = self.base

    def advance(self, files: Mapping[str, str]) -> CommitId:
        """Let somebody else land ``files`` on top of the head; the new head."""
        whole = {**self.commits[self._head].files, **files}
        self._head = self._commit(MemoryCommit(files=whole, parent=self._head, message="somebody else's"))
        return self._head

    async def origin(self) -> CommitId:
        """See the port."""
        return self.base

    async def write(self, base: CommitId, changes: Mapping[str, str], *, message: str) -> CommitId:
        """See the port."""
        files = {**self.commits[base].files, **changes}
        return self._commit(MemoryCommit(files=files, parent=base, message=message))

    async def head(self) -> CommitId:
        """See the port."""
        return self._head

    async def texts(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str]:
        """See the port."""
        files = self.commits[commit].files
        return {path: files[path] for path in paths if path in files}

    async def edit(
        self, base: CommitId, reply: str, *, targets: Sequence[str], permit: EditPermit, message: str
    ) -> CommitId:
        """See the port."""
        files = dict(self.commits[base].files)
        policy = PathPolicy(allow=permit.allow or ("**",), deny=permit.deny)
        for change in changes_from_reply(reply, targets=targets, read=files.get, policy=policy):
            files.pop(change.path, None)
            files |= {} if change.after is None else {change.path: change.after}
        _check_folders(files)
        return self._commit(MemoryCommit(files=files, parent=base, message=message))

    async def keep(self, node: NodeId, attempt: int, *, commit: CommitId) -> None:
        """See the port."""
        if self.candidates.setdefault((node, attempt), commit) != commit:
            raise RefMovedError(("git", "update-ref"), exit_code=1, stderr="", ref=f"candidates/{node}/{attempt}")

    async def kept(self, node: NodeId, attempt: int) -> CommitId | None:
        """See the port."""
        return self.candidates.get((node, attempt))

    @asynccontextmanager
    async def checkout(self, commit: CommitId) -> AsyncIterator[str]:
        """See the port. The folder is a real one, so that commands can run in it."""
        with tempfile.TemporaryDirectory(prefix="rung-memory-") as folder:
            _write(self.commits[commit].files, Path(folder))
            yield folder

    async def arrival(self, candidate: CommitId, *, base: CommitId) -> CommitId | None:
        """See the train's tracks."""
        now: CommitId | None = self._head
        while now is not None and now != base:
            if candidate in (now, self.commits[now].merged):
                return now
            now = self.commits[now].parent
        return None

    async def merged(self, onto: CommitId, candidate: CommitId, *, base: CommitId) -> CommitId | tuple[str, ...]:
        """See the train's tracks."""
        before, ours, theirs = (self.commits[one].files for one in (base, onto, candidate))
        changed = {path for path in {*before, *theirs} if before.get(path) != theirs.get(path)}
        clash = {path for path in changed if before.get(path) != ours.get(path) != theirs.get(path)}
        if clash:
            return tuple(sorted(clash))
        files = {path: text for path, text in ours.items() if path not in changed}
        files |= {path: theirs[path] for path in changed if path in theirs}
        message = self.commits[candidate].message
        return self._commit(MemoryCommit(files=files, parent=onto, merged=candidate, message=message))

    async def patch(self, base: CommitId, candidate: CommitId) -> str:
        """See the train's tracks."""
        before, after = self.commits[base].files, self.commits[candidate].files
        paths = sorted({*before, *after})
        return "".join(_diff(path, before=before.get(path), after=after.get(path)) for path in paths)

    async def move(self, commit: CommitId, *, expected: CommitId) -> bool:
        """See the train's tracks."""
        if self._head != expected:
            return False
        self._head = commit
        return True

    async def publish(self) -> tuple[str, CommitId]:
        """See the port."""
        self.published.append(self._head)
        return self._branch, self._head

    def _commit(self, commit: MemoryCommit) -> CommitId:
        name = CommitId(hashlib.sha1(f"{len(self.commits)} {commit}".encode(errors="replace")).hexdigest())  # noqa: S324  # an id like git's, no secret
        self.commits[name] = commit
        return name


def _diff(path: str, *, before: str | None, after: str | None) -> str:
    old, new = ((text or "").splitlines(keepends=True) for text in (before, after))
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    return "".join(difflib.unified_diff(old, new, *names))


def _write(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))


def _check_folders(files: Mapping[str, str]) -> None:
    clash = next((str(folder) for path in files for folder in Path(path).parents if str(folder) in files), None)
    if clash is not None:
        raise PathError("it would be a file and a folder at once", path=clash)
