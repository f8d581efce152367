"""``rung validate``: judge a project's files by its own checks."""

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, overrides, sandbox, verbosity, with_sandbox
from orchestrator.frontends.cli.session import settings, start_logging, working_directory
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.domain.judgement import Validation

_EXIT_CODES = {"passed": 0, "failed": 1, "empty": 1, "tool_error": 6}
_STAGES = ("setup", "syntax", "format", "lint", "build", "test")


@click.command("validate", epilog=example("rung validate\nrung validate libs/words --base main --stage test"))
@click.argument("path", metavar="[PATH]", default=".")
@click.option("--base", default="", metavar="REF", help="Count only what is worse than in this commit.")
@click.option("--stage", "stages", multiple=True, type=click.Choice(_STAGES), help="Run this stage only; repeatable.")
@click.option("--fresh", "is_fresh", is_flag=True, help="Judge anew what was judged before.")
@click.option("--format", "form", type=click.Choice(("text", "json", "junit", "sarif")), default="text",
              help="How the result is printed.")  # fmt: skip
@json_option("the result")
@sandbox
@overrides
@verbosity
def command(
    path: str,
    *,
    base: str,
    stages: tuple[str, ...],
    form: str,
    as_json: bool,
    **common: "str | tuple[str, ...] | bool | None",
) -> int:
    """Run the checks of the projects at PATH (here, where it is left out) on their files as they are now.

    Syntax, format, lint, build and tests, by the project's own tools, cheap ones first. All of it runs on a copy, in
    the sandbox: nothing of yours is written to. A line in `rung.toml` changes or switches off any stage. What passed or
    failed before is remembered and not run again, until a file, a command, a tool or a setting changes.

    Exit codes: 0 passed, 1 something failed or no test ran, 2 the command line or a file is wrong, 6 the tools
    themselves failed, 70 a bug in Rung, 130 interrupted.
    """
    start_logging()
    import anyio

    from orchestrator.app.validating import ValidationRequest, validate

    folder = (working_directory() / path).resolve()
    given, mode = common["overrides"], common["sandbox"]
    assert isinstance(given, tuple), "of an option that may be given several times"
    assert not isinstance(mode, tuple | bool), "of an option that is given once"
    loaded = settings(with_sandbox(given, mode), folder if folder.is_dir() else None)
    is_fresh = bool(common["is_fresh"])
    request = ValidationRequest(path=folder, base=base, stages=frozenset(stages), is_fresh=is_fresh)
    found = anyio.run(partial(validate, request, loaded, environ=os.environ))
    _print(found, "json" if as_json else form, path=path)
    return _EXIT_CODES[found.status]


def _print(found: "Validation", form: str, *, path: str) -> None:
    if form == "text":
        from orchestrator.report.validationtext import validation_text

        write_text(validation_text(found, path=path))
    else:
        write_document(_renderers()[form](found))


def _renderers() -> "Mapping[str, Callable[[Validation], str]]":
    from orchestrator.report.validation import validation_json
    from orchestrator.report.validationjunit import validation_junit
    from orchestrator.report.validationsarif import validation_sarif

    return {"json": validation_json, "junit": validation_junit, "sarif": validation_sarif}
