"""Every operator for JavaScript and how often it is right: the one list to extend.

Where an operator does what its namesake for Python does, it has that one's weight; it was measured there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.fixers.search.js.operators import (
    arithmetic,
    calls,
    conditions,
    constants,
    inserts,
    operands,
    slices,
    statements,
)
from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.operators import TABLE as PYTHON
from orchestrator.fixers.search.operators.variant import Variants

__all__ = ["TABLE", "Row"]

_WEIGHTS = {row.name: row.weight for row in PYTHON}


@dataclass(frozen=True, slots=True)
class Row:
    """An operator.

    Attributes:
        name: the word for it in reports.
        run: yields variants of a function, likelier ones of one site first.
        weight: prior, relative to those of the others; 0 for that of its namesake.
    """

    name: str
    run: Callable[[Scope], Variants]
    own: float = 0.0

    @property
    def weight(self) -> float:
        """Prior, relative to those of the others."""
        return self.own or _WEIGHTS[self.name]


TABLE: tuple[Row, ...] = (
    Row("constant", constants.constant),
    Row("off-by-one", arithmetic.off_by_one),
    Row("comparison", conditions.comparison),
    Row("operator", arithmetic.binary),
    Row("drop-operand", operands.drop_operand),
    Row("variable", operands.variable),
    Row("donor", operands.donor),
    Row("swap-operands", operands.swap_operands),
    Row("swap-arguments", calls.swap_arguments),
    Row("callee", calls.callee),
    Row("wrap", calls.wrap),
    Row("scale", arithmetic.scale),
    Row("augment", arithmetic.augment),
    Row("negate", conditions.negate),
    Row("slice", slices.slice_bounds),
    Row("index", slices.index),
    Row("slice-wrap", slices.slice_wrap),
    Row("text", constants.mined),
    Row("number", constants.mined_number),
    Row("separator", constants.separator),
    Row("insert-assignment", inserts.assign),
    Row("insert-append", inserts.append),
    Row("insert-collect", inserts.collect),
    Row("insert-step", inserts.step),
    Row("insert-copy", inserts.copied),
    Row("condition", conditions.extend),
    Row("nothing-check", conditions.nothing_check, 8.0),
    Row("guard", inserts.guard),
    Row("return", inserts.returned),
    Row("library", calls.library),
    Row("argument", calls.add_argument),
    Row("drop-argument", calls.drop_argument),
    Row("target", operands.target),
    Row("attribute", operands.attribute),
    Row("remove", statements.remove),
    Row("remove-two", statements.remove_two),
    Row("reorder", statements.reorder),
    Row("shift", statements.shift),
    Row("jump", statements.jump, 3.0),
)
"""The order says nothing; the name is unique."""
