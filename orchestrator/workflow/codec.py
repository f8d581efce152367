"""A plan as JSON and back, without loss: what a journal keeps and a resumed run reads."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import JsonValue as PydanticJson
from pydantic import TypeAdapter, ValidationError

from orchestrator.domain.jsonvalue import JsonScalar, JsonValue
from orchestrator.domain.plan import Plan
from orchestrator.errors import InputError, Problem
from orchestrator.workflow.tree import dotted


def plan_to_json(plan: Plan) -> dict[str, JsonValue]:
    """``plan`` as a JSON object with every field of every value in it. The same plan always gives the same object."""
    document: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    _sort(document["nodes"])
    return document


def plan_from_json(value: JsonValue) -> Plan:
    """The plan of which :func:`plan_to_json` has made ``value``; fields that are missing get their defaults.

    Raises:
        InputError: ``value`` is no such object.
    """
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise InputError([Problem(what=detail["msg"], path=dotted(("plan", *detail["loc"]))) for detail in details])


@cache
def _adapter() -> TypeAdapter[Plan]:
    """Made on first use. The domain's JSON types are plain aliases, whose recursion pydantic has to be told about."""
    adapter = TypeAdapter(Plan)
    names = {"JsonScalar": JsonScalar, "JsonValue": PydanticJson, "Sequence": Sequence, "Mapping": Mapping}
    adapter.rebuild(force=True, _types_namespace=names)
    return adapter


def _sort(nodes: list[dict[str, Any]]) -> None:
    """Give what is a set a fixed order."""
    for node in nodes:
        node["retry"]["on"].sort()
        _sort(node["children"])
