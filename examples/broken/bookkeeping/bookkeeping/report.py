"""What a person reads."""

from bookkeeping.money import format_amount


def month_of(entry):
    """``2024-03``."""
    return entry.day.strftime("%Y-%m")


def table(rows):
    """Names and amounts in two columns, as wide as they have to be."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name.ljust(width)}  {format_ammount(amount):>12}" for name, amount in rows)


def summary(ledger):
    """Categories, the dearest first, and the balance."""
    rows = sorted(ledger.by_category().items(), key=lambda row: (row[1], row[0]))
    return table([*rows, ("balance", ledger.balance())])


def months(ledger):
    """Month -> how many payments there were."""
    counts = {}
    for entry in ledger.entries:
        counts[month_of(entry)] = counts.get(month_of(entry), 0) + 1
    return counts
