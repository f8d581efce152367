"""Every operator and how often it is right: the one list to extend.

A weight is the number of faults of two public collections (QuixBugs, HumanEvalFix) that the operator repairs
correctly, as far as they were measured, times the share of its plausible patches that were correct.
"""

from dataclasses import dataclass

from orchestrator.fixers.search.operators import (
    arithmetic,
    calls,
    comparisons,
    conditions,
    constants,
    inserts,
    names,
    operands,
    slices,
    statements,
)
from orchestrator.fixers.search.operators.variant import Operator

__all__ = ["TABLE", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """An operator.

    Attributes:
        name: the word for it in reports.
        weight: prior, relative to those of the others.
        run: see :data:`Operator`.
    """

    name: str
    weight: float
    run: Operator


TABLE: tuple[Row, ...] = (
    Row("constant", 34.0, constants.constant),
    Row("off-by-one", 28.0, arithmetic.off_by_one),
    Row("comparison", 20.0, comparisons.comparison),
    Row("operator", 18.0, arithmetic.binary),
    Row("drop-operand", 20.0, operands.drop_operand),
    Row("variable", 13.0, names.variable),
    Row("donor", 15.0, names.donor),
    Row("compound-donor", 4.0, names.compound_donor),
    Row("swap-operands", 11.0, operands.swap_operands),
    Row("swap-arguments", 8.0, calls.swap_arguments),
    Row("callee", 7.0, calls.callee),
    Row("wrap", 10.0, calls.wrap),
    Row("scale", 10.0, arithmetic.scale),
    Row("augment", 12.0, arithmetic.augment),
    Row("negate", 8.0, conditions.negate),
    Row("slice", 6.0, slices.slice_bounds),
    Row("index", 5.0, slices.index),
    Row("slice-wrap", 5.0, slices.slice_wrap),
    Row("text", 8.0, constants.mined),
    Row("number", 3.0, constants.mined_number),
    Row("separator", 4.0, constants.join_text),
    Row("insert-assignment", 8.0, inserts.assign),
    Row("insert-append", 12.0, inserts.append),
    Row("insert-collect", 5.0, inserts.collect),
    Row("insert-step", 8.0, inserts.step),
    Row("insert-copy", 8.0, inserts.copied),
    Row("condition", 3.0, conditions.extend),
    Row("none-check", 8.0, conditions.none_check),
    Row("guard", 2.0, inserts.guard),
    Row("return", 3.0, inserts.returned),
    Row("library", 3.0, calls.library),
    Row("aggregate", 3.0, calls.aggregate),
    Row("argument", 3.0, calls.add_argument),
    Row("drop-argument", 0.5, calls.drop_argument),
    Row("target", 2.0, names.target),
    Row("attribute", 3.0, names.attribute),
    Row("remove", 3.0, statements.remove),
    Row("remove-two", 1.0, statements.remove_two),
    Row("reorder", 2.0, statements.reorder),
    Row("shift", 3.0, statements.shift),
)
"""The order says nothing; the name is unique."""
