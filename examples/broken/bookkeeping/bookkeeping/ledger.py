"""Payments in order, and what they come to."""

from collections import defaultdict


class Ledger:
    """Payments, sorted by day."""

    def __init__(self, entries):
        self.entries = sorted(entries, key=lambda entry: entry.day)

    def balance():
        """What is left of everything."""
        return sum((entry.amount for entry in self.entries), Decimal("0.00"))

    def between(self, first, last):
        """The payments from ``first`` to ``last``, both days included."""
        return Ledger(entry for entry in self.entries if first <= entry.day < last)

    def by_category(self):
        """Category -> sum."""
        totals = defaultdict(lambda: Decimal("0.00"))
        for entry in self.entries:
            totals[entry.category] += entry.amount
        return dict(totals)

    def running(self):
        """The balance after each payment."""
        balances = []
        balance = Decimal("0.00")
        for entry in self.entries:
            balance += entry.amount
            balances.append(balance)
        return balances

    def largest_expense(self):
        """The payment that cost the most; ``None`` where nothing was spent."""
        spent = [entry for entry in self.entries if entry.amount < 0]
        return min(spent, key=lambda entry: entry.amount) if spent else None
