"""Inputs: their declaration, and the values that a run or a call gives them."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.plan import InputSpec, Plan
from orchestrator.errors import ExpressionError, InputError, Problem
from orchestrator.expressions import Scope, parse, to_text
from orchestrator.workflow.diagnostics import closest
from orchestrator.workflow.tree import quoted

UNSET: Mapping[str, JsonValue] = {"string": "", "number": 0, "boolean": False, "json": None}
"""What an input is that has no default and was not given; as in GitHub's called workflows."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,4})?\Z")
_BOOLEANS = {"true": True, "false": False}


def bind_inputs(plan: Plan, given: Mapping[str, JsonValue]) -> JsonObject:
    """A value for every input that ``plan`` declares, of its type, in the order declared.

    Args:
        plan: whose inputs are meant.
        given: values by name. A text (a command line has nothing else) becomes what the input's type wants: a
            number, ``true`` or ``false``, or the JSON document that it is. ``None`` counts as not given.

    Raises:
        InputError: with every input that is unknown, missing, of the wrong type or not among its ``enum``.
    """
    return _bind(plan.inputs, given)


def bind_call(body: JsonObject, given: Mapping[str, JsonValue]) -> JsonObject:
    """As :func:`bind_inputs`, for the workflow that the node with this ``body`` calls."""
    declared = body.get("inputs", {})
    assert isinstance(declared, Mapping)
    return _bind({name: _from_json(spec) for name, spec in declared.items()}, given)


def spec_to_json(spec: InputSpec) -> dict[str, JsonValue]:
    """``spec`` as it stands in the body of a node of kind ``workflow``."""
    return {**asdict(spec), "enum": list(spec.enum)}


def coerced(spec: InputSpec, value: JsonValue) -> JsonValue:
    """``value`` as the type of ``spec`` wants it.

    Raises:
        ValueError: it cannot be; the message is a sentence.
    """
    typed = _COERCIONS[spec.type](value)
    if spec.enum and not any(typed == one for one in spec.enum):
        raise ValueError(f"must be one of {', '.join(to_text(one) for one in spec.enum)}, not {_shown(value)}")
    return typed


def missing(specs: Mapping[str, InputSpec], given: Iterable[str]) -> list[str]:
    """The inputs that must be given and are not, in the order declared."""
    names = frozenset(given)
    return [name for name, spec in specs.items() if spec.required and spec.default is None and name not in names]


def unknown_hint(name: str, specs: Mapping[str, InputSpec]) -> str:
    """What to do about the input ``name``, which is not among ``specs``."""
    near = closest(name, specs)
    return f"did you mean {near!r}?" if near else f"inputs: {', '.join(specs) or 'none'}"


def _bind(specs: Mapping[str, InputSpec], given: Mapping[str, JsonValue]) -> JsonObject:
    given = {name: value for name, value in given.items() if value is not None}
    problems = [
        Problem(what=f"there is no input {quoted(name)}", path="inputs", hint=unknown_hint(name, specs))
        for name in given
        if name not in specs
    ]
    problems += [Problem(what="must be given", path=f"inputs.{name}") for name in missing(specs, given)]
    bound: dict[str, JsonValue] = {}
    for name, spec in specs.items():
        try:
            bound[name] = coerced(spec, given[name]) if name in given else _default(spec)
        except ValueError as error:
            problems.append(Problem(what=str(error), path=f"inputs.{name}", hint=_near_choice(spec, given[name])))
    if problems:
        raise InputError(problems)
    return bound


def _default(spec: InputSpec) -> JsonValue:
    return UNSET[spec.type] if spec.default is None else spec.default


def _near_choice(spec: InputSpec, value: JsonValue) -> str:
    near = closest(value, [to_text(one) for one in spec.enum]) if isinstance(value, str) else ""
    return f"did you mean {near!r}?" if near else ""


def _from_json(value: JsonValue) -> InputSpec:
    assert isinstance(value, Mapping)
    enum = value.get("enum")
    assert isinstance(enum, Sequence)
    return InputSpec(
        type=str(value["type"]),
        required=bool(value["required"]),
        default=value["default"],
        description=str(value["description"]),
        enum=tuple(enum),
    )


def _as_string(value: JsonValue) -> JsonValue:
    if isinstance(value, str | bool | int | float):
        return to_text(value)
    raise ValueError(f"must be text, not {_shown(value)}")


def _as_number(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and _NUMBER.match(value):
        value = float(value) if re.search("[.eE]", value) else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"must be a number, not {_shown(value)}")
    return value


def _as_boolean(value: JsonValue) -> JsonValue:
    typed = _BOOLEANS.get(value) if isinstance(value, str) else value
    if not isinstance(typed, bool):
        raise ValueError(f"must be true or false, not {_shown(value)}")  # noqa: TRY004 -- one error for all types
    return typed


def _as_json(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return value
    try:
        return parse("fromJSON(text)").evaluate(Scope({"text": value}))
    except ExpressionError as error:
        raise ValueError(f"must be JSON: {error.what.removeprefix('fromJSON(): ')}") from error


_COERCIONS: Mapping[str, Callable[[JsonValue], JsonValue]] = {
    "string": _as_string,
    "number": _as_number,
    "boolean": _as_boolean,
    "json": _as_json,
}


def _shown(value: JsonValue) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else to_text(value)
