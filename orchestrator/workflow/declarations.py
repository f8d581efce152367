"""The ``inputs`` section of a file, as declarations."""

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.plan import InputSpec
from orchestrator.expressions import to_text
from orchestrator.workflow.inputs import coerced
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import InputKeys
from orchestrator.workflow.tree import quoted

_WITH_ENUM = ("string", "number")


def declare(keys: dict[str, InputKeys], place: Place) -> dict[str, InputSpec]:
    """The inputs that ``keys``, written at ``place``, declare; what contradicts itself is noted."""
    return {name: _declare(one, place.at(name)) for name, one in keys.items()}


def _declare(keys: InputKeys, place: Place) -> InputSpec:
    enum = tuple(_typed(keys.type, one, place=place.at("enum", index)) for index, one in enumerate(keys.enum))
    if enum and keys.type not in _WITH_ENUM:
        place.at("enum").note(f"an input of type {keys.type} has no enum", "types with enum: string, number")
    spec = InputSpec(type=keys.type, required=keys.required, description=keys.description, enum=enum)
    if keys.default is None:
        return spec
    default = _typed(keys.type, keys.default, place=place.at("default"))
    if enum and default not in enum:
        choices = ", ".join(to_text(one) for one in enum)
        place.at("default").note(f"the default {quoted(to_text(default))} is not in enum ({choices})")
    return InputSpec(type=keys.type, required=keys.required, default=default, description=keys.description, enum=enum)


def _typed(kind: str, value: JsonValue, *, place: Place) -> JsonValue:
    """``value`` as written in the file: a text where the type is ``string``, else only what is of the type already."""
    if kind == "json":
        return value
    if kind != "string" and isinstance(value, str):
        place.note(f"must be a {kind}, not the text {quoted(value)}", "write it without quotes")
        return value
    try:
        return coerced(InputSpec(type=kind), value)
    except ValueError as error:
        place.note(str(error))
        return value
