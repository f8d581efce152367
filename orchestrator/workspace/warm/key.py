"""What a warm base depends on: everything that may make its files differ, and nothing else."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.tree import TreeId
from orchestrator.workspace.repository import RunRepository

_FORMAT = "1"
"""Of a warm base on disk; another one is another key."""
_DIGITS = 32
_NAME = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmKey:
    """The identity of a warm base.

    Attributes:
        tree: the files that it begins from.
        mount: the path at which it is made and used; build systems write it into what they make.
        conversion: how git writes files here: line ends, and attributes that lie outside of the tree.
        toolchain: versions of the tools that make it; ``""`` where none is involved.
        lock: of the lock files that dependencies are set up from; ``""`` where there are none.
        recipe: the commands that make it; ``""`` for none.
    """

    tree: TreeId
    mount: str
    conversion: str = ""
    toolchain: str = ""
    lock: str = ""
    recipe: str = ""

    @property
    def name(self) -> str:
        """A file name: 32 hexadecimal digits."""
        parts = (_FORMAT, self.tree, self.mount, self.conversion, self.toolchain, self.lock, self.recipe)
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def is_key_name(text: str) -> bool:
    """Whether ``text`` could be a :attr:`WarmKey.name`."""
    return _NAME.fullmatch(text) is not None


def conversion_of(repository: RunRepository) -> str:
    """See :attr:`WarmKey.conversion`."""
    settings, git_dir = repository.facts.settings, repository.store.git_dir
    attributes = [_read(git_dir / name) for name in ("user-attributes", "info/attributes")]
    return repr((sorted(settings.conversion.items()), attributes))


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
