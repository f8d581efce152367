"""Amounts of money: exact, in the smallest unit that is written down."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

CENT = Decimal("0.01")


def parse_amount(text):
    """An amount as people write it: ``1,234.50``, ``-3``, ``+ 7.5``."""
    cleaned = text.replace(",", "").replace(" ", "")
    try:
        return Decimal(cleaned).quantize(CENT, rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None


def format_amount(amount):
    """With thousands separated and two decimals."""
    return f"{amount:,.2f}"


def share(amount, parts):
    """``amount`` in ``parts`` that differ by a cent at most and add up to it again."""
    cents = int(amount / CENT)
    each, rest = divmod(cents, parts)
    return [(each + 1 if index <= rest else each) * CENT for index in range(parts)]
