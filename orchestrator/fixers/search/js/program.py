"""Files as the worker takes them: text, what is spliced into it, and which tests are in it.

Offsets count as JavaScript counts: signs outside of the basic plane are two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from orchestrator.fixers.search.js.instrument import Splice, counting, known_functions, watching
from orchestrator.fixers.search.js.modules import as_function
from orchestrator.fixers.search.js.scripts import parts, told_pairs, waits
from orchestrator.fixers.search.js.source import Source
from orchestrator.fixers.search.js.spot import ScriptSpot
from orchestrator.fixers.search.js.types import readable

__all__ = ["Units", "entry", "source_of", "suite"]

_BASIC = 0xFFFF


@dataclass(frozen=True, slots=True)
class Units:
    """Offsets in characters as offsets in JavaScript's units."""

    texts: Mapping[str, str]
    _wide: dict[str, list[int]] = field(default_factory=dict)

    def at(self, file: str, offset: int) -> int:
        """The same place."""
        if file not in self._wide:
            text = self.texts.get(file, "")
            self._wide[file] = [place for place, sign in enumerate(text) if ord(sign) > _BASIC]
        return offset + sum(place < offset for place in self._wide[file])


@lru_cache(maxsize=256)
def source_of(file: str, text: str) -> Source:
    """The file as JavaScript."""
    return Source(file, readable(file, text))


def _rows(splices: Iterable[Splice], units: Units, *, file: str) -> list[list[object]]:
    ordered = sorted(splices, key=_place)
    return [
        [
            units.at(file, one.start),
            units.at(file, one.end),
            one.text,
            units.at(file, one.low),
            units.at(file, one.high),
        ]
        for one in ordered
    ]


def _place(splice: Splice) -> tuple[int, bool, int]:
    """What closes stands before what opens at the same place, inner before outer; outer opens before inner."""
    is_closing = splice.start == splice.high
    return splice.start, not is_closing, -(splice.low if is_closing else splice.high)


def entry(file: str, text: str, *, targets: Sequence[ScriptSpot]) -> dict[str, object] | None:
    """How a file is run; ``None`` where it does not parse: then Node reads it as it is."""
    source = source_of(file, text)
    if source.root is None:
        return None
    own = [(number, one.function) for number, one in enumerate(targets) if one.file == file]
    changed, head = as_function(source)
    ticks = [*changed, *counting(source.root), *told_pairs(source)]
    units = Units({file: source.text})
    return {
        "text": source.text,
        "head": head,
        "tail": known_functions(own) if own else "",
        "tick": _rows(ticks, units, file=file),
        "watch": _rows([*ticks, *watching(source, own)], units, file=file),
    }


def suite(file: str, text: str) -> dict[str, object]:
    """How the tests of a file are found: registered by it, or each part of a script is one."""
    source = source_of(file, text)
    found = parts(source)
    units = Units({file: source.text})
    rows = [{"name": one.name, "splices": _rows(one.splices, units, file=file)} for one in found] if found else None
    return {"file": file, "parts": rows, "waits": waits(source)}
