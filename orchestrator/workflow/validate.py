"""A place in a document against a model of its keys; pydantic's errors in our words, at their lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestrator.workflow.diagnostics import closest
from orchestrator.workflow.fields import RULE, Keys
from orchestrator.workflow.place import Place
from orchestrator.workflow.tree import Entry, Key, Table, only, quoted

K = TypeVar("K", bound=Keys)
Elsewhere: TypeAlias = Callable[[str], str]
"""For an unknown key: where it would be known, as a hint, or ``""``."""

_WORDS: Mapping[str, str] = {
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt:.12g}",
    "greater_than_equal": "must be at least {ge:.12g}",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le:.12g}",
    "list_type": "must be a list",
    "model_type": "must be a mapping",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "too_short": "must not be empty",
}
_SELF_EXPLAINING = frozenset({"string_too_short", "too_short"})


def validate(model: type[K], place: Place, *, elsewhere: Elsewhere = lambda _: "") -> K | None:
    """The keys at ``place``, which is a mapping.

    Every error is noted. What is right is still returned, without the keys that are wrong, so that later checks
    can go on; ``None`` where a required key is among those.
    """
    value = place.value
    assert isinstance(value, Mapping)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "extra_forbidden":
            _tell_unknown(model, place, location=detail["loc"], elsewhere=elsewhere)
        else:
            _tell(place, detail)
    wrong = {detail["loc"][0] for detail in details if detail["loc"]}
    try:
        return model.model_validate({key: item for key, item in value.items() if key not in wrong})
    except ValidationError:
        return None


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of ``model`` as they are written, in order."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def fitting(table: Table, model: type[BaseModel]) -> Table:
    """The entries of ``table`` that ``model`` knows, at any depth; what is no mapping of known keys stays whole."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return Table(
        table.line,
        {key: _fitting(entry, fields[key].annotation) for key, entry in only(table, frozenset(fields)).entries.items()},
    )


def _fitting(entry: Entry, annotation: object) -> Entry:
    inner = next(_models(annotation), None)
    if inner is None or not isinstance(entry.value, Table):
        return entry
    return Entry(entry.line, fitting(entry.value, inner), entry.origin)


def describe(value: object) -> str:
    """What ``value`` is, for "must be ..., not ..."."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {quoted(value)}" if value else "an empty text"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else quoted(str(value)).strip("'")


def _tell_unknown(model: type[Keys], place: Place, *, location: Sequence[Key], elsewhere: Elsewhere) -> None:
    path = tuple(_path(place, location))
    key = str(location[-1])
    hint = elsewhere(key) if len(path) == 1 else ""
    if hint:
        place.at(*path).note(f"the key {quoted(key)} does not belong here", hint)
        return
    hint = place.near(key, _keys_at(model, location[:-1]))
    place.at(*path).note(f"the key {quoted(key)} is not known in this version", hint)


def _tell(place: Place, detail: ErrorDetails) -> None:
    path = tuple(_path(place, detail["loc"]))
    match detail["type"]:
        case "missing":
            place.at(*path[:-1]).note(f"the key {quoted(str(detail['loc'][-1]))} is missing")
        case "literal_error" | "enum":
            _tell_choice(place.at(*path), detail)
        case _:
            place.at(*path).note(*_described(detail))


def _tell_choice(place: Place, detail: ErrorDetails) -> None:
    value = detail["input"]
    names = [choice.strip("' ") for choice in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
    near = closest(value, names) if isinstance(value, str) and value not in names else ""
    subject = "the key" if detail["loc"][-1] == "[key]" else "the value"
    what = f"{subject} must be one of {', '.join(names)}" if len(names) > 1 else f"{subject} must be {names[0]}"
    place.note(f"{what}, not {describe(value)}", f"did you mean {near!r}?" if near else "")


def _described(detail: ErrorDetails) -> tuple[str, str]:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == RULE:
        return context["what"], context["hint"]
    words = _WORDS.get(detail["type"])
    what = words.format(**context) if words else detail["msg"]
    if detail["type"] in _SELF_EXPLAINING:
        return what, ""
    return f"{what}, not {describe(detail['input'])}", ""


def _path(place: Place, location: Sequence[Key]) -> Iterator[Key]:
    """Where the error stands in the document: pydantic's own steps (a union's branch, ``[...]``) left out."""
    for number, key in enumerate(location):
        step = place.at(key)
        last = number == len(location) - 1
        if step.tree is None and (not last or str(key).startswith("[")):
            continue
        place = step
        yield key


def _keys_at(model: type[BaseModel], location: Sequence[Key]) -> tuple[str, ...]:
    for key in location:
        field = next((one for name, one in model.model_fields.items() if (one.alias or name) == key), None)
        if field is not None:
            model = next(_models(field.annotation), model)
    return known_keys(model)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
