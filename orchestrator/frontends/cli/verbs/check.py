"""``rung check``: say what is wrong with workflow files, without running anything."""

import json
from dataclasses import asdict, dataclass

import click

from orchestrator.errors import ExpressionError, GraphError, InputError, Problem
from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import load_workflow, start_logging
from orchestrator.frontends.cli.streams import tell, write_document, write_text

_WRONG = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file. ``nodes`` is 0 where it could not be read."""

    file: str
    nodes: int = 0
    problems: tuple[Problem, ...] = ()


@click.command("check", epilog=example("rung check workflows/*.yaml"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@json_option("what was found in each file")
@verbosity
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Check workflow files. Nothing is run and nothing is written.

    FILE is a path, or the name of a workflow in .rung/workflows/. The exit code is 0 where all files are
    good and 2 where one is not.
    """
    start_logging()
    found = [_check(name) for name in files]
    if as_json:
        write_document(_document(found))
    else:
        _print(found)
    return _WRONG if any(one.problems for one in found) else 0


def _check(name: str) -> Checked:
    try:
        plan = load_workflow(name)
    except InputError as error:
        return Checked(name, problems=error.problems)
    except (ExpressionError, GraphError) as error:
        return Checked(name, problems=(Problem(file=name, what=str(error)),))
    return Checked(plan.source or name, len(plan.nodes))


def _print(found: list[Checked]) -> None:
    for one in found:
        for problem in one.problems:
            tell(str(problem))
        if not one.problems:
            write_text(f"{one.file}: good, {one.nodes} node{'' if one.nodes == 1 else 's'}\n")


def _document(found: list[Checked]) -> str:
    files = [
        {"file": one.file, "ok": not one.problems, "nodes": one.nodes, "problems": [asdict(p) for p in one.problems]}
        for one in found
    ]
    return json.dumps({"ok": not any(one.problems for one in found), "files": files}, indent=2) + "\n"
