"""Small changes that repair small faults: a file for each family, and a table with how often each is right."""

from orchestrator.fixers.search.operators.table import TABLE, Row
from orchestrator.fixers.search.operators.variant import Change, Operator, Variants

__all__ = ["TABLE", "Change", "Operator", "Row", "Variants"]
