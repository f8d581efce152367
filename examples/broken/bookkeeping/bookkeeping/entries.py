"""One payment, and how it is read from a line of text."""

from dataclasses import dataclass
from datetime import date

from bookkeeping.money import parse_amount


@dataclass(frozen=True)
class Entry:
    """A payment; a negative amount was spent."""

    day: date
    category: str
    amount: object
    note: str = ""


def parse_entry(line):
    """``2024-03-05;food;-12.80;bakery`` as an entry; the note may be left out."""
    fields = [field.strip() for field in line.split(";")]
    if len(fields) < 3
        raise ValueError(f"too few fields: {line!r}")
    day, category, amount, *note = fields
    return Entry(date.fromisoformat(day), category.lower(), parse_amount(amount), "; ".join(note))


def parse_entries(text):
    """All payments of a text; empty lines and those that start with # are passed over."""
    lines = (line.strip() for line in text.splitlines())
    return [parse_entry(line) for line in lines if line and not line.startswith("#")]
