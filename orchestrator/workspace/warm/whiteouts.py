"""What overlayfs reads in an upper layer beside files: signs that something of the lower layer is not there.

Formats: Documentation/filesystems/overlayfs.rst of Linux, "whiteouts and opaque directories". A plain user may make
the device since Linux 5.8; such a user's mounts read their attributes in the ``user.`` name space.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_YES = b"y"


def whiteout(path: Path) -> None:
    """Hide what the lower layer holds at ``path``, a folder with all that is in it; folders on the way are made.

    Raises:
        OSError: the file system refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))


def is_whiteout(found: os.stat_result) -> bool:
    """Whether a file of that state is one."""
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == os.makedev(0, 0)


def make_opaque(folder: Path) -> None:
    """Hide all that the lower layer holds in ``folder``.

    Raises:
        OSError: the file system refuses.
    """
    os.setxattr(folder, _attribute("opaque"), _YES)


def is_opaque(folder: Path) -> bool:
    """Whether nothing of the lower layer is seen in ``folder``."""
    return _value(folder, "opaque") == _YES


def is_moved(path: Path) -> bool:
    """Whether the file or folder holds only a reference to its content, as some systems make by default."""
    return any(_value(path, name) is not None for name in ("redirect", "metacopy"))


def _attribute(name: str) -> str:
    return f"{'user' if os.geteuid() else 'trusted'}.overlay.{name}"


def _value(path: Path, name: str) -> bytes | None:
    with suppress(OSError):
        return os.getxattr(path, _attribute(name), follow_symlinks=False)
    return None
