"""``foreach`` and ``strategy.matrix``: what a node is repeated over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import Foreach
from orchestrator.errors import MatrixError
from orchestrator.workflow.constants import is_constant, value_expression
from orchestrator.workflow.matrix import matrix_combinations
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import SpreadKeys, StrategyKeys
from orchestrator.workflow.templates import check_condition, check_template
from orchestrator.workflow.tree import quoted
from orchestrator.workflow.visible import CONTEXTS, Names, Visible

_ONLY_FOREACH = ("as", "max-parallel", "fail-fast")
_NEEDS_LIST = (*_ONLY_FOREACH, "key", "min-success")


@dataclass(frozen=True, slots=True)
class Spread:
    """A compiled repetition, and the context that each child sees."""

    foreach: Foreach
    contexts: Mapping[str, Names]


def compile_spread(keys: SpreadKeys, place: Place, *, visible: Visible) -> Spread | None:
    """The repetition that the node at ``place`` asks for; ``None`` where it asks for none, or for nonsense (noted)."""
    written = place.names
    if "foreach" in written and "strategy" in written:
        place.at("strategy").note("foreach and strategy exclude each other", "keep one of them")
        return None
    if "strategy" in written:
        return _matrix(keys, place, visible=visible)
    if "foreach" in written:
        return _foreach(keys, place, visible=visible)
    for key in _NEEDS_LIST:
        if key in written:
            place.at(key).note(f"{key} has no effect without foreach", f"add foreach, or remove {key}")
    return None


def _foreach(keys: SpreadKeys, place: Place, *, visible: Visible) -> Spread | None:
    items = _items(keys.foreach, place.at("foreach"), visible=visible)
    if keys.as_ in CONTEXTS and keys.as_ != "item":
        place.at("as").note(f"{quoted(keys.as_)} is the name of a context", "take another name")
    contexts: dict[str, Names] = {keys.as_: None}
    _check_key(keys, place, visible=visible.plus(contexts))
    foreach = Foreach(
        items=items,
        name=keys.as_,
        key=keys.key,
        max_parallel=keys.max_parallel,
        fail_fast=keys.fail_fast,
        min_success=keys.min_success,
    )
    return Spread(foreach, contexts)


def _items(value: JsonValue, place: Place, *, visible: Visible) -> str:
    if isinstance(value, str):
        return check_condition(value, place, visible=visible)
    if isinstance(value, Sequence):
        return value_expression(value, place, visible=visible)
    place.note("foreach takes a list, or an expression for one")
    return ""


def _matrix(keys: SpreadKeys, place: Place, *, visible: Visible) -> Spread | None:
    for key in _ONLY_FOREACH:
        if key in place.names:
            hint = "a matrix is called matrix" if key == "as" else f"write strategy.{key}"
            place.at(key).note(f"{key} belongs to foreach, not to strategy", hint)
    if keys.strategy is None:
        if place.at("strategy").value is None:
            place.at("strategy").note("strategy must be a mapping, not nothing", "write strategy.matrix")
        return None
    return _combinations(keys, place, strategy=keys.strategy, visible=visible)


def _combinations(keys: SpreadKeys, place: Place, *, strategy: StrategyKeys, visible: Visible) -> Spread:
    items, names = _matrix_items(strategy.matrix, place.at("strategy", "matrix"), visible=visible)
    contexts: dict[str, Names] = {"matrix": names}
    _check_key(keys, place, visible=visible.plus(contexts))
    foreach = Foreach(
        items=items,
        name="matrix",
        key=keys.key,
        max_parallel=strategy.max_parallel,
        fail_fast=strategy.fail_fast,
        min_success=keys.min_success,
    )
    return Spread(foreach, contexts)


def _matrix_items(value: JsonValue, place: Place, *, visible: Visible) -> tuple[str, Names]:
    if isinstance(value, str):
        return check_condition(value, place, visible=visible), None
    if not isinstance(value, Mapping):
        place.note("a matrix is a mapping of names to lists, or an expression for one")
        return "", None
    names = _constant_names(value, place) if is_constant(value) else _names(value)
    return value_expression(value, place, visible=visible), names


def _constant_names(matrix: JsonObject, place: Place) -> Names:
    try:
        combinations = matrix_combinations(matrix)
    except MatrixError as error:
        place.at(*error.location).note(error.what, error.hint)
        return None
    if not combinations:
        place.note("exclude leaves no combination")
    return frozenset(name for one in combinations for name in one)


def _names(matrix: JsonObject) -> Names:
    """The names of a matrix that is known in part; any name where its ``include`` is computed."""
    include = matrix.get("include", [])
    if not isinstance(include, Sequence) or isinstance(include, str):
        return None
    named: set[str] = set()
    for entry in include:
        if not isinstance(entry, Mapping):
            return None
        named.update(entry)
    return frozenset(named | matrix.keys() - {"include", "exclude"})


def _check_key(keys: SpreadKeys, place: Place, *, visible: Visible) -> None:
    template = check_template(keys.key, place.at("key"), visible=visible)
    if keys.key and template is not None and template.is_constant:
        place.at("key").note("every item would have the same key", "name something of the item")
