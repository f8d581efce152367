"""Small broken programs, repaired with real compilers and interpreters; each must then print what it should.

A sample runs always; all of them run with what is replayed on recorded data (``-m accept``).
"""

import pytest

from benchmarks.fixbench import TOOLCHAINS, load
from benchmarks.fixers import measure, told

pytestmark = pytest.mark.anyio
LANGUAGES = ("c", "go", "java", "python", "rust", "typescript")
SAMPLE = {
    "c/missing-brace",
    "c/missing-include",
    "c/too-few-arguments",
    "go/missing-import",
    "go/unhandled-error",
    "java/misspelled-method",
    "python/chain-of-mistakes",
    "python/missing-await",
    "python/missing-bracket",
    "python/missing-import-name",
    "python/moved-name",
    "python/tabs-and-blanks",
    "python/text-plus-number",
    "python/unknown-key",
    "rust/misspelled-field",
    "rust/missing-match-arm",
    "typescript/misspelled-property",
    "typescript/missing-member-in-object",
}
SHARES = {"python": 0.95, "rust": 0.85, "c": 0.65, "typescript": 0.60, "go": 0.90, "java": 0.90}
"""What at least has to be repaired of all cases of a language, those that nobody can repair included."""


async def as_told(language: str, name: str) -> None:
    case = next(case for case in load(language) if case.name == name)
    row = await measure(case)
    if row.outcome == "skipped":
        pytest.skip(f"{case.missing} is missing")
    assert row.is_as_told, told(row)


@pytest.mark.parametrize("case", sorted(SAMPLE))
async def test_a_small_broken_program_is_repaired_or_left_as_told(case: str) -> None:
    language, _, name = case.partition("/")
    await as_told(language, name)


@pytest.mark.accept
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_case_is_repaired_or_left_as_told(language: str) -> None:
    rows = [await measure(case) for case in load(language)]
    ran = [row for row in rows if row.outcome != "skipped"]
    if not ran:
        pytest.skip(f"{rows[0].case.missing} is missing")
    assert [told(row) for row in ran if not row.is_as_told] == []
    assert sum(row.outcome == "repaired" for row in ran) >= SHARES.get(language, 0) * len(ran)


def test_each_language_has_cases_that_can_and_cases_that_cannot_be_repaired() -> None:
    for language in LANGUAGES:
        outcomes = {case.is_repairable for case in load(language)}
        assert outcomes == {True, False}, language


def test_every_case_is_of_a_known_language_and_says_what_is_wrong() -> None:
    for language in LANGUAGES:
        assert language in TOOLCHAINS
        assert [case.name for case in load(language) if not (case.head.get("class") and case.expected)] == []
