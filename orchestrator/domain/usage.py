"""What a call to a model used up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens by price class, and money.

    Attributes:
        input, output, cache_read, cache_write, reasoning: tokens. ``reasoning`` is part of ``output``.
        usd_micros: millionths of a US dollar; never a float, so that sums are exact.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    usd_micros: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
            reasoning=self.reasoning + other.reasoning,
            usd_micros=self.usd_micros + other.usd_micros,
        )
