"""Where symbolic links lead, decided on names alone: pure functions on the links of one tree."""

import posixpath
from collections.abc import Mapping

_MOST_HOPS = 40
"""As many as Linux follows (``path_resolution(7)``)."""


def leaving(links: Mapping[str, str]) -> frozenset[str]:
    """Which links lead out of the tree, or round in circles.

    Args:
        links: path -> target, every symbolic link of the tree; all other paths are plain files and folders.
    """
    return frozenset(path for path in links if _leaves(path, links))


def _leaves(path: str, links: Mapping[str, str]) -> bool:
    """Walk as the kernel does: a link on the way is followed before the ``..`` behind it counts."""
    here: list[str] = []
    waiting = path.split("/")
    hops = 0
    while waiting:
        level = waiting.pop(0)
        if level == ".." and not here:
            return True
        if level == "..":
            here.pop()
        elif level not in {"", "."}:
            here.append(level)
            target = links.get("/".join(here))
            if target is not None:
                hops += 1
                if target.startswith("/") or hops > _MOST_HOPS:
                    return True
                here.pop()
                waiting = target.split("/") + waiting
    return False


def parents(path: str) -> list[str]:
    """The folders that ``path`` lies in, the outermost first."""
    levels = posixpath.dirname(path).split("/") if "/" in path else []
    return ["/".join(levels[: count + 1]) for count in range(len(levels))]
