"""Recorded calls as values that Python's mutator can change, and back; what patches make of them, compared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.fixers.search.worker.compare import clipped, difference, generated, grouped

__all__ = ["compared", "further"]


@dataclass(frozen=True, slots=True)
class _Opaque:
    """A value that is passed on as it is."""

    value: str


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(item) for item in value]
    if isinstance(value, dict):
        if value.get("$") == "object":
            return {name: _given(item) for name, item in value["v"].items()}
        return _Opaque(json.dumps(value))
    return value


def _taken(value: Any) -> Any:
    if isinstance(value, list):
        return [_taken(item) for item in value]
    if isinstance(value, dict):
        return {"$": "object", "v": {str(name): _taken(item) for name, item in value.items()}}
    return json.loads(value.value) if isinstance(value, _Opaque) else value


def further(calls: Sequence[Any], *, seed: int, count: int) -> list[list[Any]]:
    """The recorded calls and changed copies of them, ``count`` in all; none where none was recorded."""
    known = [(number, _given(given), {"receiver": _Opaque(json.dumps(receiver))}) for number, receiver, given in calls]
    made = generated(known, seed=seed, count=count)
    return [[number, json.loads(words["receiver"].value), _taken(given)] for number, given, words in made]


def _written(value: Any) -> str:
    """A sent value as a person would write it in JavaScript."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    kind, inner = value["$"], value.get("v", {})
    if kind in {"object", "class"}:
        fields = (f"{name}: {_written(item)}" for name, item in inner.items())
        return f"{value.get('c', '')} {{{', '.join(fields)}}}".strip()
    if kind in {"map", "set", "date"}:
        return f"new {kind.capitalize()}({_written(inner)})"
    return f"{inner}n" if kind == "bigint" else str(inner if kind == "number" else kind)


def _example(
    rows: Mapping[str, Sequence[str]], place: int, *, inputs: Sequence[Any], names: Mapping[int, str]
) -> dict[str, Any] | None:
    if place < 0:
        return None
    number, receiver, given = inputs[place]
    on = f"{_written(receiver)}." if isinstance(receiver, dict) and receiver["$"] == "class" else ""
    call = f"{on}{names[number]}({', '.join(map(_written, given))})"
    return {"input": clipped(call), "outputs": {key: row[place] for key, row in rows.items()}}


def compared(
    outputs: Mapping[int, Mapping[str, Any]], *, inputs: Sequence[Any], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """What the worker for Python says of patches, made of what the one for JavaScript tells.

    Args:
        outputs: candidate -> its ``outputs`` and ``steps`` by input; -1 is the original.
        inputs: in the order of those.
        names: of functions, by number.

    Returns:
        An answer ``groups``, and an answer ``patch`` for each candidate; none where the original tells nothing.
    """
    if -1 not in outputs:
        return []
    old, rows = outputs[-1], {number: list(row["outputs"]) for number, row in outputs.items() if number >= 0}
    groups = grouped(rows)
    firsts = [group[0] for group in groups][:6]
    place = difference(rows[firsts[0]], rows[firsts[1]]) if firsts[1:] else -1
    differ = _example({str(one): rows[one] for one in firsts}, place, inputs=inputs, names=names)
    told = {"kind": "groups", "groups": groups, "inputs": len(old["outputs"]), "differ": differ}
    return [told, *(_patch(outputs, number, inputs=inputs, names=names) for number in rows)]


def _patch(
    outputs: Mapping[int, Mapping[str, Any]], number: int, *, inputs: Sequence[Any], names: Mapping[int, str]
) -> dict[str, Any]:
    """Of one candidate: its steps and the original's where both do the same, and an input on which they differ."""
    old, new = outputs[-1], outputs[number]
    both = {"old": old["outputs"], "new": new["outputs"]}
    same = [at for at, text in enumerate(new["outputs"]) if text == old["outputs"][at]]
    return {
        "kind": "patch",
        "id": number,
        "steps": sum(new["steps"][at] for at in same),
        "before": sum(old["steps"][at] for at in same),
        "example": _example(both, difference(new["outputs"], old["outputs"]), inputs=inputs, names=names),
    }
