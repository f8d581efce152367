"""What a parser is given: the output of one tool, and where it ran."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What one tool left behind.

    Attributes:
        stdout, stderr: decoded, in full or cut (see ``is_cut``); terminal escapes may still be in it.
        reports: contents of the report files that it wrote, in any order.
        is_cut: whether some of the streams is known to be missing (a limit on kept bytes, a kill).
    """

    stdout: str = ""
    stderr: str = ""
    reports: Sequence[str] = ()
    is_cut: bool = False

    @property
    def text(self) -> str:
        """Both streams, standard output first, without terminal escapes; lines are separated by a line feed."""
        return plain("\n".join(part for part in (self.stdout, self.stderr) if part))

    @property
    def documents(self) -> tuple[str, ...]:
        """The report files; without any, standard output, and without that, standard error."""
        return tuple(self.reports) or (self.stdout if self.stdout.strip() else self.stderr,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a tool ran.

    Attributes:
        root: absolute path of the project as the tool saw it; ``""`` where it is not known.
        folder: where below ``root`` the tool was started, with ``/``; ``""`` for the root itself.
        files: files of the project relative to the root, as far as they are known; tells which file a bare name means.
    """

    root: str = ""
    folder: str = ""
    files: Collection[str] = ()

    def find(self, name: str) -> str:
        """The one file of ``files`` that is ``name`` or ends with ``/name``; ``""`` for none or several."""
        if name in self.files:
            return name
        ending = f"/{name}"
        found = [file for file in self.files if file.endswith(ending)] if name else []
        return found[0] if len(found) == 1 else ""

    def without_root(self, name: str) -> str:
        """A name that may be a path below the root, without the root; any other name as it is."""
        root = self.root.rstrip("/")
        return name.removeprefix(f"{root}/") if root else name

    def path(self, name: str) -> str:
        """A file that a tool names, relative to the root, with ``/``; as it is where it lies elsewhere."""
        name = name.strip().strip('"').removeprefix("file://")
        root = self.root.rstrip("/")
        if root and name.startswith(root + "/"):
            return name[len(root) + 1 :]
        if name.startswith("/") or not name:
            return name
        if "/" not in name and name[1:2] != ":":
            name = name.replace("\\", "/")
        while name.startswith("./"):
            name = name[2:].lstrip("/")
        return f"{self.folder.strip('/')}/{name}" if self.folder.strip("/") else name


Parser: TypeAlias = Callable[[Output, Context], Report]
"""Pure. Raises :class:`orchestrator.errors.ParseError` for what is no output of its tool, and nothing else."""
