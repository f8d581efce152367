"""The order of candidates: exact, though most of what could be tried is never made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.ground import Run
from orchestrator.fixers.search.operators.variant import Change, Crowd
from orchestrator.fixers.search.order import best_first

FILE = "a.py"
TEXT = "\n" * 200


@dataclass(frozen=True)
class Sites:
    """A function of which operators make crowds: (weight, line, sizes of the crowds there)."""

    rows: tuple[tuple[float, int, tuple[int, ...]], ...]
    made: list[tuple[int, int]] = field(default_factory=list)
    file: str = FILE
    text: str = TEXT

    def heaviness(self) -> Mapping[int, float]:
        return {}

    def runs(self) -> Iterator[Run]:
        for number, (weight, line, sizes) in enumerate(self.rows):
            yield Run(f"row {number}", weight, [self._crowd(number, line, size) for size in sizes])

    def _crowd(self, number: int, line: int, size: int) -> Crowd:
        def changes() -> Iterator[Change]:
            self.made.append((number, size))
            return (change(line, f"{number} {size} {each}") for each in range(size))

        return Crowd(line, (line, line), size, changes)


def change(line: int, text: str) -> Change:
    return Change((Edit(FILE, line, line, text),), line, (line, line))


def plainly(sites: Sites, suspicion: Mapping[tuple[str, int], float]) -> list[float]:
    """The scores of all candidates as the formula has them, best first."""
    found = []
    for weight, line, sizes in sites.rows:
        near = max(suspicion.get((FILE, line + 1), 0.0), suspicion.get((FILE, line - 1), 0.0)) / 2
        around = max(suspicion.get((FILE, line), 0.0), near, 0.02)
        found += [around * weight / sum(sizes) ** 0.75] * sum(sizes)
    return sorted(found, reverse=True)


@given(
    rows=st.lists(
        st.tuples(
            st.floats(0.5, 34),
            st.integers(1, 40),
            st.lists(st.integers(1, 60), min_size=1, max_size=3, unique=True).map(tuple),
        ),
        min_size=1,
        max_size=12,
    ),
    seen=st.dictionaries(st.integers(1, 41), st.floats(0, 1), max_size=12),
    most=st.integers(1, 90),
)
def test_they_are_the_best_of_all_that_could_be_made(
    rows: list[tuple[float, int, tuple[int, ...]]], seen: dict[int, float], most: int
) -> None:
    suspicion = {(FILE, line): value for line, value in seen.items()}
    sites = Sites(tuple(rows))
    found = [candidate.score for candidate in best_first([sites], suspicion, most=most)]
    assert found == plainly(sites, suspicion)[:most]


def test_crowds_that_cannot_be_among_the_best_are_not_made() -> None:
    sites = Sites(((34.0, 3, (10,)), (2.0, 4, (100_000,)), (20.0, 5, (8,))))
    assert len(best_first([sites], {(FILE, 3): 1.0, (FILE, 4): 1.0, (FILE, 5): 1.0}, most=12)) == 12
    assert sites.made == [(0, 10), (2, 8)]


def test_equal_texts_are_tried_once_and_make_room_for_others() -> None:
    @dataclass(frozen=True)
    class Twice(Sites):
        def runs(self) -> Iterator[Run]:
            for name, weight in (("one", 9.0), ("other", 8.0), ("last", 1.0)):
                texts = ("x", "y") if name != "last" else ("p", "q")
                yield Run(name, weight, [change(1, text) for text in texts])

    found = best_first([Twice(())], {}, most=4)
    assert [(one.operator, one.edits[0].text) for one in found] == [
        ("one", "x"),
        ("one", "y"),
        ("last", "p"),
        ("last", "q"),
    ]


def test_what_changes_nothing_is_no_candidate() -> None:
    @dataclass(frozen=True)
    class Same(Sites):
        def runs(self) -> Iterator[Run]:
            yield Run("one", 1.0, [Change((Edit(FILE, 1, 2, "\n"),), 1, (1, 2)), change(1, "x")])

    (found,) = best_first([Same(())], {(FILE, 1): 1.0}, most=5)
    assert found.edits[0].text == "x"
    assert found.score == 1.0


def test_of_nothing_there_is_nothing() -> None:
    assert best_first([], {}, most=5) == []
    assert best_first([Sites(())], {}, most=5) == []
