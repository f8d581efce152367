"""GitHub's matrix: axes, ``exclude`` and ``include``, expanded into combinations.

Source of the rules: GitHub Docs, "Running variations of jobs in a workflow"
(https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations).
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.errors import MatrixError
from orchestrator.workflow.diagnostics import closest
from orchestrator.workflow.tree import quoted

MAX_COMBINATIONS = 256
"""GitHub's limit."""

_MAX_PRODUCT = 2_048
_MAX_ENTRIES = 1_000
_Combination: TypeAlias = dict[str, JsonValue]


def matrix_combinations(value: JsonObject) -> list[JsonObject]:
    """The combinations of the matrix ``value``, at most 256; none where ``exclude`` leaves none.

    The product of the axes in their order (the last one changes fastest), without those that an ``exclude`` entry
    matches in all its keys. Then each ``include`` entry in turn: it is added to every combination of the axes
    whose original values it would not overwrite; where there is none it becomes a combination of its own.

    Raises:
        InputError: an axis is no list or empty, an entry is no mapping, an ``exclude`` names no axis, there is
            no axis and no ``include``, or there are too many combinations.
    """
    axes = {name: _axis(name, values) for name, values in value.items() if name not in ("include", "exclude")}
    include, exclude = _entries(value, "include"), _entries(value, "exclude")
    if not axes and not include:
        raise MatrixError((), "the matrix has no axis", hint="write a name and a list of values")
    _check_exclude(exclude, axes)
    if math.prod(map(len, axes.values())) > _MAX_PRODUCT:
        raise MatrixError((), f"the axes make more than {_MAX_PRODUCT:,} combinations before exclude")
    combinations = _with_included(_product(axes, exclude), include)
    if len(combinations) > MAX_COMBINATIONS:
        raise MatrixError((), f"{len(combinations)} combinations, more than {MAX_COMBINATIONS}")
    return [*combinations]


def _axis(name: str, values: JsonValue) -> Sequence[JsonValue]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise MatrixError((name,), f"the axis {quoted(name)} is no list", hint="write its values as a list")
    if not values:
        raise MatrixError((name,), f"the axis {quoted(name)} has no values")
    return values


def _entries(matrix: JsonObject, key: str) -> list[JsonObject]:
    entries = matrix.get(key, [])
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise MatrixError((key,), f"{key} is no list", hint="write a list of mappings")
    if len(entries) > _MAX_ENTRIES:
        raise MatrixError((key,), f"{key} has more than {_MAX_ENTRIES:,} entries")
    checked = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise MatrixError((key, index), f"the entry of {key} is no mapping")
        checked.append(entry)
    return checked


def _check_exclude(exclude: Sequence[JsonObject], axes: Mapping[str, Sequence[JsonValue]]) -> None:
    for index, entry in enumerate(exclude):
        for key in entry:
            if key not in axes:
                near = closest(key, axes)
                hint = f"did you mean {near!r}?" if near else f"axes: {', '.join(axes) or 'none'}"
                raise MatrixError(("exclude", index, key), f"the matrix has no axis {quoted(key)}", hint=hint)


def _product(axes: Mapping[str, Sequence[JsonValue]], exclude: Sequence[JsonObject]) -> list[_Combination]:
    if not axes:
        return []
    product = (dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values()))
    return [one for one in product if not any(_excludes(entry, one) for entry in exclude)]


def _excludes(entry: JsonObject, combination: _Combination) -> bool:
    return all(_same(combination[key], wanted) for key, wanted in entry.items())


def _with_included(originals: Sequence[_Combination], include: Sequence[JsonObject]) -> list[_Combination]:
    extended = [dict(one) for one in originals]
    added: list[_Combination] = []
    for entry in include:
        fitting = [number for number, original in enumerate(originals) if _fits(entry, original)]
        for number in fitting:
            extended[number].update(entry)
        if not fitting:
            added.append(dict(entry))
    return extended + added


def _fits(entry: JsonObject, original: _Combination) -> bool:
    return all(key not in original or _same(original[key], value) for key, value in entry.items())


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Equality of JSON values: ``true`` is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other
