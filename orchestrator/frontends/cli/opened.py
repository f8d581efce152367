"""What a person is told about nodes that are open again."""

from orchestrator.app import Told
from orchestrator.report.plaintext import clip_middle

_SHOWN, _LONGEST_ID = 5, 48


def and_behind(told: Told) -> str:
    """``, with a, b and 3 more``: the other nodes that are open again; ``""`` where there are none."""
    others = [clip_middle(one, _LONGEST_ID) for one in told.opened if one != told.node]
    left = len(others) - _SHOWN
    more = f" and {left:,} more" if left > 0 else ""
    return f", with {', '.join(others[:_SHOWN])}{more}" if others else ""
