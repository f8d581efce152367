"""Which files are put back before a candidate is judged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestrator.validation.integrity.change import FileChange
from orchestrator.validation.packs.globs import matches

__all__ = ["RestorePlan", "restore_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """What to do to a candidate's tree so that the base's own checks judge it. All in the order of the changes.

    Attributes:
        restored: files that get the base's content again, changed or deleted.
        removed: files that the base does not have, and that must not be there.
        kept: protected files that the node may change.
    """

    restored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.restored or self.removed)


def restore_plan(
    base_paths: Collection[str],
    changes: Sequence[FileChange],
    *,
    protected: Sequence[str],
    permitted: Sequence[str] = (),
) -> RestorePlan:
    """The plan for a candidate that differs from its base in ``changes``.

    Manifests that mix dependencies with settings are put back only where a pattern of ``protected`` names them: the
    runners get configuration of our own, and rules flag what changed in their sections about checks.

    Args:
        base_paths: every file of the base.
        changes: every file that differs.
        protected: patterns of the files that decide: tests and what they read, CI, lock files.
        permitted: patterns of what the node may change all the same.
    """
    base = frozenset(base_paths)
    touched = [change.path for change in changes if matches(change.path, tuple(protected))]
    kept = [path for path in touched if matches(path, tuple(permitted))]
    back = [path for path in touched if path not in set(kept)]
    return RestorePlan(
        restored=tuple(path for path in back if path in base),
        removed=tuple(path for path in back if path not in base),
        kept=tuple(kept),
    )
