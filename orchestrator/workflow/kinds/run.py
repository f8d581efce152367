"""``run``: a script for a shell."""

from typing import Literal

from orchestrator.workflow.fields import Text
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import EnvKeys, NodeKeys, OutputKeys, ShellKeys, WorkKeys
from orchestrator.workflow.script import check_shell, lift
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.visible import RESULT_FIELDS, RUN_FIELDS


class RunKeys(NodeKeys, ShellKeys, EnvKeys, WorkKeys, OutputKeys):
    """A node that runs a command."""

    kind: Literal["run"] = "run"
    run: Text


def _compile(keys: RunKeys, site: Site) -> Parts:
    """Body: ``script`` (no expressions left in it), ``shell``, ``working_directory`` (template, ``""``: as the run).

    And ``isolation``, where the node asks for a copy of its own.
    """
    place = site.place
    expands = check_shell(keys.shell, place.at("shell"))
    script = lift(keys.run, place.at("run"), expands=expands, visible=site.visible)
    check_template(keys.working_directory, place.at("working-directory"), visible=site.visible)
    return Parts(
        body={
            "script": script.text,
            "shell": keys.shell,
            "working_directory": keys.working_directory,
            **({"isolation": keys.isolation} if keys.isolation == "private" else {}),
        },
        env=script.env,
        contexts={"run": RUN_FIELDS | RESULT_FIELDS},
    )


RUN = Kind(name="run", keys=RunKeys, compile=_compile, sign="run")
