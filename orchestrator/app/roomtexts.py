"""The files of a room as texts."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from orchestrator.validation.pipeline import beneath

__all__ = ["RoomTexts", "text_of"]

_MOST_TEXT = 4 << 20


class RoomTexts(Mapping[str, str]):
    """The files ``names`` below ``folder``, each read when it is asked for first; what is no UTF-8 is not there."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder = folder
        self._names = frozenset(names)
        self._kept: dict[str, str | None] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._kept:
            self._kept[name] = text_of(self._folder, name) if name in self._names else None
        text = self._kept[name]
        if text is None:
            raise KeyError(name)
        return text

    def __iter__(self) -> Iterator[str]:
        return (name for name in sorted(self._names) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and bool(self[name] or True)
        except KeyError:
            return False


def text_of(folder: Path, name: str) -> str | None:
    """The text of the file ``name`` below ``folder`` as it is now; ``None`` where it is none of UTF-8, or too large."""
    return beneath.read_exactly(folder, name, limit=_MOST_TEXT)
