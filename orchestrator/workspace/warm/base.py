"""A warm base: a checkout in which dependencies were set up and the project was built, once.

::

    <folder>/tree/        the files; the lower layer of every overlay on it, never written again
    <folder>/pycache/     byte code, kept out of the tree
    <folder>/index        what git knows of the files
    <folder>/outputs      what the build made, the topmost paths, each ended by a NUL byte
    <folder>/facts.json   written last
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.domain.tree import TreeId
from orchestrator.workspace.warm.census import Census, take_census


@dataclass(frozen=True, slots=True)
class WarmBase:
    """One that is whole.

    Attributes:
        folder: see the module.
        tree: what was checked out.
        census: of :attr:`files`.
    """

    folder: Path
    tree: TreeId
    census: Census

    @property
    def files(self) -> Path:
        """The lower layer."""
        return self.folder / "tree"

    @property
    def pycache(self) -> Path:
        """Byte code of its Python files."""
        return self.folder / "pycache"

    @property
    def index(self) -> Path:
        """Git's index of :attr:`files`."""
        return self.folder / "index"

    @property
    def outputs(self) -> tuple[str, ...]:
        """What the build made, relative to :attr:`files`; of a folder that it made only the folder."""
        return tuple(os.fsdecode(one) for one in (self.folder / "outputs").read_bytes().split(b"\0")[:-1])


def write_base(folder: Path, tree: TreeId, *, outputs: tuple[str, ...]) -> WarmBase:
    """Note down what lies in ``folder``: the files are there and will not change any more.

    Raises:
        OSError: it cannot be written.
    """
    (folder / "outputs").write_bytes(b"".join(os.fsencode(one) + b"\0" for one in outputs))
    census = take_census(folder / "tree")
    text = json.dumps({"tree": tree, "census": asdict(census)})
    (folder / "facts.json").write_text(text, encoding="ascii")
    return WarmBase(folder, tree, census)


def read_base(folder: Path) -> WarmBase | None:
    """What :func:`write_base` noted; ``None`` where nothing is there, it cannot be read, or is not what it was."""
    base = recall_base(folder)
    with suppress(OSError):
        if base and take_census(base.files) == base.census:
            return base
    return None


def recall_base(folder: Path) -> WarmBase | None:
    """As :func:`read_base`, without looking whether the files are what they were."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((folder / "facts.json").read_text(encoding="ascii"))
        return WarmBase(folder, TreeId(told["tree"]), Census(**told["census"]))
    return None
