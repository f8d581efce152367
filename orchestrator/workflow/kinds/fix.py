# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""``fix``: repairs without a model, by tools, by rules and by search; or a job that needs none."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.workflow.fields import Template
from orchestrator.workflow.intents import Intent, compile_intent
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import BoundKeys, NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_template

FIX_OUTPUTS = frozenset({"commit", "repaired", "left", "steps", "held"})


class FixKeys(NodeKeys, BoundKeys, OutputKeys):
    """A node that repairs what it is given, at no cost."""

    kind: Literal["fix"] = "fix"
    cluster: Template = ""
    accept: Annotated[list[Template], Field(max_length=10)] = []
    search: bool = True
    path: Template = ""
    intent: Intent | None = None


def _compile(keys: FixKeys, site: Site) -> Parts:
    """Body: ``cluster`` (template of a test's cluster; ``""``: all that fails), ``accept``, ``search``, ``path``.

    With an intent: ``intent`` (see :func:`compile_intent`), ``accept`` and ``path``.
    """
    place = site.place
    for name, text in (("cluster", keys.cluster), ("path", keys.path)):
        check_template(text, place.at(name), visible=site.visible)
    for index, text in enumerate(keys.accept):
        check_template(text, place.at("accept", index), visible=site.visible)
    if keys.intent is not None:
        for name in sorted({"cluster", "search"} & keys.model_fields_set):
            place.at(name).note(f"{name} is for repairs, and this node has an intent", "leave one of them out")
        intent = compile_intent(keys.intent, place.at("intent"), visible=site.visible)
        return Parts(body={"intent": intent, "accept": list(keys.accept), "path": keys.path})
    return Parts(body={"cluster": keys.cluster, "accept": list(keys.accept), "search": keys.search, "path": keys.path})


FIX = Kind(name="fix", keys=FixKeys, compile=_compile, outputs=FIX_OUTPUTS, edits=True)
