"""How a candidate came to land on the run's branch, or why it did not."""

from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A candidate merged onto a head that has moved since the candidate was made. Nothing has landed.

    Attributes:
        head: merged onto.
        commit: the merge.
    """

    head: CommitId
    commit: CommitId


@dataclass(frozen=True, slots=True)
class Landed:
    """It is part of the run's head.

    Attributes:
        commit: the candidate itself where the head had not moved, else the merge that brought it in.
        verdict: on the merged tree; ``None`` where nothing was judged again: the head had not moved since the last
            verdict, or an engine that has died since had landed it.
    """

    commit: CommitId
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Conflicting:
    """What landed meanwhile touches the same lines. The candidate stays reachable.

    Attributes:
        paths: where.
        patch: what the candidate changed, as a hint for doing it again.
    """

    paths: tuple[str, ...]
    patch: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """Merged with what landed meanwhile it does not pass, though it did alone. The candidate stays reachable."""

    verdict: Verdict


Landing: TypeAlias = Landed | Conflicting | Unfit
