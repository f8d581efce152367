"""Small changes of JavaScript: a file for each family, and a table with how often each is right."""

from orchestrator.fixers.search.js.operators.table import TABLE, Row

__all__ = ["TABLE", "Row"]
