"""JavaScript, as the search sees a language."""

import re
from collections.abc import Collection, Mapping, Sequence

from orchestrator.fixers.search.js.operators import TABLE
from orchestrator.fixers.search.js.program import source_of
from orchestrator.fixers.search.js.protocol import ScriptWorker
from orchestrator.fixers.search.js.reach import reached
from orchestrator.fixers.search.js.spot import ScriptSpot
from orchestrator.fixers.search.js.tree import Node, parsed
from orchestrator.fixers.search.target import Budget, SearchTarget
from orchestrator.ports import CommandRunner

__all__ = ["JAVASCRIPT", "JavaScript"]

_WEIGHTS = {row.name: row.weight for row in TABLE}
_NOTHING: Mapping[str, frozenset[str]] = {
    "+": frozenset({"0"}),
    "-": frozenset({"0"}),
    "*": frozenset({"1"}),
    "/": frozenset({"1"}),
    "**": frozenset({"1"}),
    "&&": frozenset({"true", "false"}),
    "||": frozenset({"true", "false"}),
}
"""Operator -> right operands with which it does nothing."""
_COUNT = re.compile(r" \(\d+\)$")
"""What tells tests of one name apart."""


class JavaScript:
    """Implements :class:`orchestrator.fixers.search.language.Language`."""

    def spots(self, target: SearchTarget) -> Sequence[ScriptSpot]:
        """See the protocol; files that no test names, directly or by others, are left out."""
        texts = reached({**target.beside, **target.texts}, target.tests)
        sources = [source_of(file, text) for file, text in texts.items() if file in target.texts]
        return [ScriptSpot(source, function) for source in sources for function in source.functions()]

    def workman(self, target: SearchTarget, runner: CommandRunner, *, budget: Budget) -> ScriptWorker:
        """See the protocol."""
        return ScriptWorker(runner=runner, target=target, budget=budget)

    def weight(self, operator: str) -> float | None:
        """See the protocol."""
        return _WEIGHTS.get(operator)

    def idle(self, text: str) -> int:
        """``x + 0``, ``x * 1``, ``x && true``, ``!!x``, ``x + 1 - 1``."""
        root = parsed(text)
        return sum(_does_nothing(node, text) for node in root.walk()) if root is not None else 0

    def is_one(self, name: str, wanted: Collection[str]) -> bool:
        """See the protocol.

        Runners say ``suite > test``, ``suite::test`` or ``suite test``, and the same of a test in a test.
        """
        own = _plain(name.partition("::")[2] or name)
        others = [_plain(one) for one in wanted]
        words = own.replace(" > ", " ")
        return any(f" > {one} > ".find(f" > {own} > ") >= 0 or one.replace(" > ", " ") == words for one in others)


def _plain(name: str) -> str:
    return _COUNT.sub("", name.replace("::", " > "))


def _does_nothing(node: Node, text: str) -> bool:
    sign, right, left = node.get("operator"), node.get("right"), node.get("left")
    if sign is None:
        return False
    own = text[sign.start : sign.end]
    if node.kind == "unary_expression":
        inner = node.part("argument")
        return own == "!" and inner.kind == "unary_expression" and text[inner.start] == "!"
    if right is None or left is None:
        return False
    before = left.get("operator") if left.kind == "binary_expression" else None
    is_sum = own in {"+", "-"} and before is not None and text[before.start : before.end] in {"+", "-"}
    is_twice = is_sum and left.part("right").kind == "number" == right.kind
    return is_twice or text[right.start : right.end] in _NOTHING.get(own, ())


JAVASCRIPT = JavaScript()
