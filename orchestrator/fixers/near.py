"""Near misses of names."""

from collections.abc import Iterable
from difflib import get_close_matches

_CLOSE = 0.7


def near_misses(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Names that look like ``name``, nearest first; one that differs only in case or underscores comes before all."""
    words = sorted({word for word in known if word != name and not word.startswith("__")})
    same = [word for word in words if _folded(word) == _folded(name)]
    others = get_close_matches(name, words, most, _CLOSE) if len(name) > 1 else []
    return list(dict.fromkeys([*same, *others]))[:most]


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
