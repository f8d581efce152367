"""Which paths and file modes an edit may name; the same check holds for replies and for patches from elsewhere.

Wherever git and this module differ, this module is the stricter one. It judges names only: whoever writes
must not follow a symbolic link that the tree already holds.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.errors import PathError
from orchestrator.workspace.edits.globs import matches

REGULAR_MODES = frozenset({"100644", "100755"})
"""The only modes that an edit may name: no links, no submodules, no setuid or setgid bits."""

_MAX_PATH_BYTES = 4_095  # PATH_MAX of Linux without the closing NUL
_MAX_NAME_BYTES = 255  # NAME_MAX of Linux, ext4 and NTFS
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, ignorable and bidi marks, surrogates, separators
_GIT_FOLDER = re.compile(r"\.git|git~\d+")
_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\Z")
_MODE_NAMES = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a folder"}


@dataclass(frozen=True, slots=True)
class PathPolicy:
    """What may be touched: every path that ``allow`` names and ``deny`` does not. Globs of :mod:`.globs`.

    ``deny`` disregards case, since on some file systems ``.GitHub`` is ``.github``. No ``allow`` allows nothing.
    """

    allow: tuple[str, ...] = ("**",)
    deny: tuple[str, ...] = ()

    def permits(self, path: str) -> bool:
        """Whether the lists permit ``path``, whose spelling is taken to be sound."""
        denied = any(matches(path, pattern, ignore_case=True) for pattern in self.deny)
        return not denied and any(matches(path, pattern) for pattern in self.allow)


def _has_bad_level(path: str) -> bool:
    return any(level in {"", ".", ".."} for level in path.split("/"))


def _is_too_long(path: str) -> bool:
    raw = path.encode("utf-8", "surrogatepass")
    return len(raw) > _MAX_PATH_BYTES or any(len(level) > _MAX_NAME_BYTES for level in raw.split(b"/"))


def _is_git_folder(level: str) -> bool:
    """Whether some file system takes the name for ``.git``: NTFS drops end dots, spaces and streams.

    HFS+ also drops ignorable characters; a path with one of those is refused as such.
    """
    folded = unicodedata.normalize("NFKC", level).casefold().split(":")[0].rstrip(". ")
    return _GIT_FOLDER.fullmatch(folded) is not None


_FAULTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("the path is empty", lambda path: not path),
    ("the path is absolute", lambda path: path.startswith(("/", "~/")) or _DRIVE.match(path) is not None),
    ("the path has a backslash", lambda path: "\\" in path),
    (
        "the path has a control or an invisible character",
        lambda path: any(unicodedata.category(char) in _HIDDEN for char in path),
    ),
    ("the path has an empty, '.' or '..' level", _has_bad_level),
    ("the path leads into git's own folder", lambda path: any(map(_is_git_folder, path.split("/")))),
    ("the path looks like an option", lambda path: path.startswith("-")),
    ("the path is too long", _is_too_long),
)


def path_fault(path: str) -> str:
    """Why the spelling of ``path`` is refused under every policy; ``""`` where it is sound."""
    return next((fault for fault, has_it in _FAULTS if has_it(path)), "")


def is_device_name(path: str) -> bool:
    """Whether Windows takes some level of ``path`` for a device (``aux.c``): such a checkout fails there."""
    stems = (level.split(".")[0].split(":")[0].rstrip(" ").casefold() for level in path.split("/"))
    return any(_DEVICE.match(stem) for stem in stems)


def check_path(path: str, policy: PathPolicy, *, creates: bool = False) -> None:
    """Refuse ``path`` unless it may be edited (with ``creates``: made).

    Raises:
        PathError: the spelling is unsound, the policy does not permit it, or a new file would bear a device's name.
    """
    fault = path_fault(path)
    if fault:
        raise PathError(fault, path=path, hint="name it relative to the root of the tree, with forward slashes")
    if not policy.permits(path):
        raise PathError("the path is outside what may be edited here", path=path)
    if creates and is_device_name(path):
        raise PathError("Windows reserves this name for a device", path=path, hint="choose another name")


def check_mode(mode: str, path: str) -> None:
    """Refuse every mode but those of plain and of executable files, as six octal digits.

    Raises:
        PathError: any other mode.
    """
    if mode not in REGULAR_MODES:
        name = _MODE_NAMES.get(mode, "neither a plain nor an executable file")
        raise PathError(f"mode {mode!r} is {name}", path=path, hint="only 100644 and 100755 may be set")
