# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""``test``: the project's own checks say what is wrong with what has landed so far."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.workflow.checks import STAGE_WORDS, StageWord
from orchestrator.workflow.fields import Constant, Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import BoundKeys, NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_template

VERDICT_OUTPUTS = frozenset({"verdict", "evidence", "score", "clusters", "left", "summary"})


class TestKeys(NodeKeys, BoundKeys, OutputKeys):
    """A node that judges."""

    __test__ = False  # not a test class, whatever its name looks like to a test runner

    kind: Literal["test"] = "test"
    run: Constant = "auto"
    stages: Annotated[list[StageWord], Field(max_length=5)] = []
    path: Template = ""
    expect: Literal["pass", "fail", "any"] = "pass"


def _compile(keys: TestKeys, site: Site) -> Parts:
    """Body: ``stages`` (names; empty for all), ``path`` (template), ``expect``."""
    place = site.place
    check_template(keys.path, place.at("path"), visible=site.visible)
    stages: list[str] = list(keys.stages)
    word, colon, stage = keys.run.partition(":")
    if word != "auto" or (colon and stage not in STAGE_WORDS):
        place.at("run").note("a test runs what the packs say", f"auto, or one of {', '.join(_WORDS)}")
    elif stage:
        stages = [stage]
    return Parts(body={"stages": list(stages), "path": keys.path, "expect": keys.expect})


_WORDS = tuple(f"auto:{stage}" for stage in STAGE_WORDS)

TEST = Kind(name="test", keys=TestKeys, compile=_compile, outputs=VERDICT_OUTPUTS, edits=True)
