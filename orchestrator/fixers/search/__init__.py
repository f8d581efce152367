"""Repair by search: small changes of suspicious code, tried by the thousand against the project's own tests.

Start at :func:`search`. What it can and cannot promise stands in ``docs/explanation/search.md``.
"""

from orchestrator.fixers.search.engine import search
from orchestrator.fixers.search.target import (
    Behaviours,
    Budget,
    Claim,
    Example,
    Patch,
    SearchResult,
    SearchTarget,
)

__all__ = ["Behaviours", "Budget", "Claim", "Example", "Patch", "SearchResult", "SearchTarget", "search"]
