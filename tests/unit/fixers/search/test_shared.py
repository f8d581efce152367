"""Searches of one run: what is known of the same program is not found out twice."""

from dataclasses import replace

import anyio
import pytest

from orchestrator.fixers.search import SearchResult, SearchTarget
from orchestrator.fixers.search.localise import Observed
from orchestrator.fixers.search.protocol import Observation
from orchestrator.fixers.search.shared import Shared
from orchestrator.fixers.search.target import Patch

pytestmark = pytest.mark.anyio

TARGET = SearchTarget(root="/p", texts={"a.py": "x = 1\n"}, tests=("test_a.py",), wanted=frozenset({"t1"}))
SEEN = Observation(tests=(Observed(name="t1", how="fail"),))


class Counting:
    """Searches and watches, and counts how often."""

    def __init__(self) -> None:
        self.searches = self.watches = 0

    async def search(self) -> SearchResult:
        self.searches += 1
        await anyio.lowlevel.checkpoint()
        return SearchResult(why="nothing", tried=7)

    async def watch(self) -> Observation:
        self.watches += 1
        await anyio.lowlevel.checkpoint()
        return SEEN


async def test_who_searches_for_the_same_at_the_same_time_waits_and_tries_nothing_more() -> None:
    shared, count = Shared(), Counting()
    tried: list[int] = []

    async def ask() -> None:
        tried.append((await shared.found(TARGET, count.search, base="c1")).tried)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(ask)
    assert (count.searches, tried) == (1, [7, 0, 0])


@pytest.mark.parametrize(
    ("other", "base"),
    [
        (replace(TARGET, wanted=frozenset({"t2"})), "c1"),
        (replace(TARGET, texts={"a.py": "x = 2\n"}), "c1"),
        (TARGET, "c2"),
    ],
)
async def test_other_tests_texts_or_surroundings_are_another_search(other: SearchTarget, base: str) -> None:
    shared, count = Shared(), Counting()
    await shared.found(TARGET, count.search, base="c1")
    assert (await shared.found(other, count.search, base=base)).tried == 7
    assert count.searches == 2


async def test_the_tests_of_one_program_are_watched_once_whichever_are_wanted() -> None:
    shared, count = Shared(), Counting()
    for wanted in ("t1", "t2"):
        assert await shared.seen(replace(TARGET, wanted=frozenset({wanted})), count.watch, base="c1") == SEEN
    assert count.watches == 1


async def test_only_the_latest_are_remembered() -> None:
    shared, count = Shared(), Counting()
    for number in range(8):
        await shared.seen(replace(TARGET, texts={"a.py": str(number)}), count.watch, base="c1")
    await shared.seen(replace(TARGET, texts={"a.py": "7"}), count.watch, base="c1")
    assert count.watches == 8
    await shared.seen(replace(TARGET, texts={"a.py": "0"}), count.watch, base="c1")
    assert count.watches == 9


async def test_what_was_found_without_pairs_is_no_answer_to_a_search_with_them() -> None:
    shared, count = Shared(), Counting()
    await shared.found(TARGET, count.search, base="c1", pairs=False)
    await shared.found(TARGET, count.search, base="c1")
    assert count.searches == 2


async def test_what_searches_cost_that_found_nothing_is_counted_once() -> None:
    shared = Shared()

    async def vain() -> SearchResult:
        return SearchResult(why="nothing", processor_seconds=4.0)

    async def happy() -> SearchResult:
        patch = Patch(edits=(), texts={}, was=(), operator="constant", rank=1, line=1, tests=4)
        return SearchResult(chosen=patch, processor_seconds=2.0)

    assert shared.vain == 0.0
    for _ in range(2):
        await shared.found(TARGET, vain, base="c1")
    await shared.found(TARGET, happy, base="c2")
    assert shared.vain == 4.0
