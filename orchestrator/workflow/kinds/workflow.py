"""``workflow``: another file of this kind, called with inputs of its own."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.plan import InputSpec, Plan
from orchestrator.expressions import to_text
from orchestrator.workflow.constants import is_constant
from orchestrator.workflow.fields import Constant, Id, has_expression
from orchestrator.workflow.inputs import coerced, missing, spec_to_json, unknown_hint
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import NodeKeys
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.tree import quoted
from orchestrator.workflow.visible import Visible


class CallKeys(NodeKeys):
    """A node that runs another workflow file."""

    kind: Literal["workflow"] = "workflow"
    uses: Constant
    with_: Annotated[dict[Id, Any], Field(default_factory=dict)]


def _compile(keys: CallKeys, site: Site) -> Parts:
    """Body: the called file, what it is given, and what it says of itself. Children: its nodes.

    ``source`` is the file; ``with`` input -> template; ``inputs`` (declarations), ``env``, ``vars``, ``outputs``,
    ``fail_fast`` and ``max_parallel`` are the called workflow's own.
    """
    plan = site.call(site.place.at("uses"), keys.uses)
    if plan is None:
        return Parts()
    return Parts(body=_body(plan, _templates(keys.with_, plan, site=site)), children=plan.nodes)


def _body(plan: Plan, given: Mapping[str, str]) -> JsonObject:
    return {
        "source": plan.source,
        "with": dict(given),
        "inputs": {name: spec_to_json(spec) for name, spec in plan.inputs.items()},
        "env": dict(plan.env),
        "vars": dict(plan.vars),
        "outputs": dict(plan.outputs),
        "fail_fast": plan.fail_fast,
        "max_parallel": plan.max_parallel,
    }


def _templates(values: Mapping[str, JsonValue], plan: Plan, *, site: Site) -> dict[str, str]:
    place = site.place.at("with")
    for name in missing(plan.inputs, values):
        what = f"{quoted(plan.source)} must be given the input {quoted(name)}"
        site.place.at("uses").note(what, f"write it under with: {{{name}: ...}}")
    templates = {}
    for name, value in values.items():
        spec = plan.inputs.get(name)
        if spec is None:
            what = f"{quoted(plan.source)} has no input {quoted(name)}"
            place.at(name).note(what, unknown_hint(name, plan.inputs))
        else:
            templates[name] = _template(spec, value, place=place.at(name), visible=site.visible)
    return templates


def _template(spec: InputSpec, value: JsonValue, *, place: Place, visible: Visible) -> str:
    """The text that yields ``value`` for the input ``spec`` when it is evaluated and bound."""
    if isinstance(value, str) and has_expression(value):
        check_template(value, place, visible=visible)
        return value
    if not is_constant(value):
        place.note("expressions stand only in the whole value", "write one ${{ }} for all of it")
        return ""
    if value is None:
        place.note("must be a value, not nothing", "leave the input out for its default")
        return ""
    try:
        typed = coerced(spec, value)
    except ValueError as error:
        place.note(str(error))
        return ""
    return json.dumps(typed, ensure_ascii=False) if spec.type == "json" else to_text(typed)


WORKFLOW = Kind(name="workflow", keys=CallKeys, compile=_compile, sign="uses")
