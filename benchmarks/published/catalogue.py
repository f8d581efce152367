"""Which published packages are tried, each pinned to a version and to the digest of what its registry hands out."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CATALOGUE", "Package", "catalogue"]

CATALOGUE = Path(__file__).with_name("packages.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package.

    Attributes:
        ecosystem: whose tools fetch it; a key of :data:`benchmarks.published.ecosystems.ECOSYSTEMS`.
        name: as its registry knows it.
        version: exact.
        digest: of what was fetched; how it is made is the ecosystem's business. ``""`` where none is known yet.
        needs: what its tests need besides, pinned, in the words of the ecosystem's installer.
    """

    ecosystem: str
    name: str
    version: str
    digest: str = ""
    needs: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """A name for its folder, unlike that of any other one."""
        return f"{self.ecosystem}-{self.name}-{self.version}".replace("/", "_").replace(":", "_")


def catalogue(path: Path = CATALOGUE) -> tuple[Package, ...]:
    """The packages of the lock file, in its order."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return tuple(Package(**{**row, "needs": tuple(row.get("needs", ()))}) for row in rows)
