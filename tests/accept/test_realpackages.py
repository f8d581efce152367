"""Published packages with their own test suites: fine as they are, and each of three breaks is named exactly.

What is tried is in `benchmarks/published/packages.toml`. The three of the suite want a cache that is filled already
(RUNG_PACKAGES, or the user's own), and are skipped with a word without one. `make accept` fetches what is missing:
there a package that cannot be had is a failure.
"""

import os
from pathlib import Path

import pytest

from benchmarks.published.breaking import KINDS
from benchmarks.published.catalogue import Package, catalogue
from benchmarks.published.ecosystems import ECOSYSTEMS, FetchError, project
from benchmarks.published.trial import trial
from benchmarks.realpackages import default_cache
from tests.acceptance.skeleton import no_sandbox

CACHE = Path(os.environ.get("RUNG_PACKAGES") or default_cache())
HOME = os.environ.get("HOME", "")
IN_SUITE = {"requires-port", "first", "github.com/google/shlex"}


def name_of(package: Package) -> str:
    return package.name.rpartition("/")[2]


def check(package: Package, root: Path, *, folder: Path) -> None:
    rows = list(trial(package, root, folder=folder / "work"))
    assert [row.kind for row in rows] == ["", *KINDS]
    assert {row.kind or "unbroken": row.problems for row in rows if row.problems} == {}
    assert [row.verdict for row in rows] == ["passed", "failed", "failed", "failed"]


@pytest.fixture(autouse=True)
def toolchains_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compilers and what was downloaded for them lie in the real home folder."""
    monkeypatch.setenv("HOME", HOME)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("package", [one for one in catalogue() if one.name in IN_SUITE], ids=name_of)
def test_a_break_in_a_published_package_is_named_exactly(package: Package, tmp_path: Path) -> None:
    if why := no_sandbox():
        pytest.skip(why)
    try:
        root = project(package, CACHE, may_fetch=False)
    except FetchError as error:
        pytest.skip(str(error))
    check(package, root, folder=tmp_path)


@pytest.mark.accept
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("package", catalogue(), ids=name_of)
def test_a_break_in_every_published_package_is_named_exactly(package: Package, tmp_path: Path) -> None:
    check(package, project(package, CACHE), folder=tmp_path)


def test_enough_packages_of_every_ecosystem_are_pinned() -> None:
    packages = catalogue()
    assert len(packages) >= 12
    assert {one.ecosystem for one in packages} == set(ECOSYSTEMS)
    assert [one.name for one in packages if not one.digest] == []
