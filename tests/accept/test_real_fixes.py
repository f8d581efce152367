"""`rung fix` on published projects with a seeded defect each: whatever lands by itself is what was there.

The suite takes one from a cache that is filled already (RUNG_PACKAGES, or the user's own), or skips with a word. `make
accept` fetches what is missing; there a project that cannot be had is a failure.
"""

import os
from pathlib import Path

import pytest

from benchmarks.defects.repairs import Row
from benchmarks.published.catalogue import Package, catalogue
from benchmarks.published.ecosystems import FetchError, project
from benchmarks.realfixes import PROJECTS, measure
from benchmarks.realpackages import default_cache

CACHE = Path(os.environ.get("RUNG_PACKAGES") or default_cache())
SECONDS = 900.0
HOME = os.environ.get("HOME", "")
HONEST = {"repaired", "in part", "held", "left"}


def told(found: list[Row]) -> str:
    return "\n".join(f"{row.defect.kind} {row.defect.file}:{row.defect.line}: {row.first}" for row in found)


@pytest.fixture(autouse=True)
def pip_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells pip where packages come from lies in the real home folder."""
    monkeypatch.setenv("HOME", HOME)


@pytest.mark.timeout(1800)
def test_a_defect_in_a_published_project_is_repaired_truly_or_left_with_a_reason() -> None:
    package = catalogue(PROJECTS)[0]
    try:
        project(package, CACHE, may_fetch=False)
    except FetchError as error:
        pytest.skip(str(error))
    (row,) = measure(package, CACHE, count=1, seconds=SECONDS, seed="1")
    assert row.first.word in HONEST, told([row])
    assert row.first.word == "repaired" or row.first.why, told([row])


@pytest.mark.accept
@pytest.mark.timeout(5 * 2 * 900)
@pytest.mark.parametrize("package", catalogue(PROJECTS), ids=lambda package: str(package.name))
def test_of_five_defects_in_each_none_is_repaired_wrongly_without_a_word(package: Package, tmp_path: Path) -> None:
    del tmp_path
    found = list(measure(package, CACHE, count=5, seconds=SECONDS, seed="1"))
    assert len(found) == 5, told(found)
    assert {row.first.word for row in found} <= HONEST, told(found)
