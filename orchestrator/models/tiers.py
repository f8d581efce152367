"""The ladder: named tiers in order, each with its models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TIERS = ("rules", "local-fast", "local", "cloud-fast", "premium")
"""The tiers, cheapest first; the first one uses no model."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Implements :class:`orchestrator.ports.Router` by the configured order alone.

    Attributes:
        models: tier -> names of its models, in the order of the configuration.
    """

    models: Mapping[str, Sequence[str]]

    def ladder(self, start: str, top: str) -> tuple[str, ...]:
        """See the port."""
        first, last = TIERS.index(start), TIERS.index(top)
        return tuple(name for tier in TIERS[first : last + 1] for name in self.models.get(tier, ()))
