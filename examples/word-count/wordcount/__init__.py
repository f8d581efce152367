"""Counts the words of plain texts."""

__version__ = "1.2.0"
