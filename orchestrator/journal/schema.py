"""The two kinds of database, each a list of migrations; how many are applied is the file's ``user_version``."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A kind of database.

    Attributes:
        what: what a person calls it.
        application_id: SQLite's number for whose file it is.
        migrations: SQL scripts; the n-th brings version n - 1 to version n.
        wal: whether it is kept in WAL mode: with one writing connection at any time only.
    """

    what: str
    application_id: int
    migrations: tuple[str, ...]
    wal: bool

    @property
    def version(self) -> int:
        """The newest version."""
        return len(self.migrations)


def _scripts(folder: str) -> tuple[str, ...]:
    found = files("orchestrator.journal").joinpath("migrations", folder).iterdir()
    ordered = sorted((one for one in found if one.name.endswith(".sql")), key=lambda one: one.name)
    for number, script in enumerate(ordered, 1):
        if not script.name.startswith(f"{number:04}_"):
            raise ValueError(f"migration {number} of {folder!r} is missing: found {script.name}")
    return tuple(script.read_text(encoding="utf-8") for script in ordered)


@cache
def run_schema() -> Schema:
    """A run's ``journal.db``. The application id spells ``Rung``."""
    return Schema(what="journal", application_id=0x52756E67, migrations=_scripts("run"), wal=True)


@cache
def state_schema() -> Schema:
    """The ``cache.db`` that all runs share. The application id spells ``RunC``."""
    return Schema(what="cache", application_id=0x52756E43, migrations=_scripts("state"), wal=False)
