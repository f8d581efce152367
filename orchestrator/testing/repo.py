"""Small git repositories for tests."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

__all__ = ["TempRepo"]

_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Person"), ("EMAIL", "person@localhost"), ("DATE", "1700000000 +0000"))
}
_NOTHING: Mapping[str, str] = {}
_NO_SETTINGS = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}


class TempRepo:
    r"""A repository of somebody else than Rung, in a folder that the test owns.

    ::

        repo = TempRepo(tmp_path / "project").commit({"a.txt": "one\n"})
        repo.write({"a.txt": "two\n", "run.sh": b"#!/bin/sh\n"})

    It runs plain git, so whatever its configuration names is executed: that is what tests compare with. The settings
    of the machine and of its user are not read, and every commit has the same author and date.

    Args:
        folder: made if it does not exist.
        object_format: ``sha1`` or ``sha256``.
        bare: whether it has no work tree.
    """

    def __init__(self, folder: Path, *, object_format: str = "sha1", bare: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kind = ("--bare",) if bare else ()
        self.git("init", "--quiet", "--template=", "--initial-branch=main", f"--object-format={object_format}", *kind)

    @classmethod
    def at(cls, folder: Path) -> Self:
        """A repository, linked work tree or submodule that exists."""
        found = cls.__new__(cls)
        found.folder = folder
        return found

    @property
    def git_dir(self) -> Path:
        """The repository itself; of a linked work tree, its own part of it."""
        return Path(self.git("rev-parse", "--absolute-git-dir"))

    @property
    def head(self) -> str:
        """Id of the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    @property
    def tree(self) -> str:
        """Id of its tree."""
        return self.git("rev-parse", "HEAD^{tree}")

    def write(self, files: Mapping[str, str | bytes | None]) -> Self:
        """Write files below the folder; ``None`` removes one. Text is written as UTF-8, line ends untouched."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
        return self

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "work") -> Self:
        """:meth:`write`, then commit everything that is not ignored, even if nothing has changed."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self

    def git(self, *args: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> str:
        """Run plain git in the folder; its output as text, without the last line end.

        Raises:
            subprocess.CalledProcessError: it failed; the error holds what it said.
        """
        output = self._output(args, stdin=stdin, environment=environment or {})
        return output.decode("utf-8", "surrogateescape").removesuffix("\n")

    def blob(self, revision: str, path: str) -> bytes:
        """The content of ``path`` in ``revision`` (a commit or a tree), as git keeps it."""
        return self._output(("cat-file", "blob", f"{revision}:{path}"))

    def _output(self, args: Sequence[str], *, stdin: bytes = b"", environment: Mapping[str, str] = _NOTHING) -> bytes:
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **_NO_SETTINGS, **_IDENTITY, **environment}
        return subprocess.run(
            ("git", *args), cwd=self.folder, env=variables, input=stdin, capture_output=True, check=True
        ).stdout
