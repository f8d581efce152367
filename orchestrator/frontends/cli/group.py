"""The root command: it knows every verb by name and one line, and loads a verb's module when it is used."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple

import click

from orchestrator._version import __version__
from orchestrator.frontends.cli.boundary import USAGE
from orchestrator.frontends.cli.options import verbosity


class Verb(NamedTuple):
    """Where a verb's ``command`` is, and what ``rung --help`` says about it."""

    module: str
    help: str


_VERBS = "orchestrator.frontends.cli.verbs"

VERBS: Mapping[str, Verb] = {
    "fix": Verb(f"{_VERBS}.fix", "Repair what the project's own checks find, without a model."),
    "run": Verb(f"{_VERBS}.run", "Run a workflow."),
    "resume": Verb(f"{_VERBS}.resume", "Go on with a run that was interrupted, blocked or killed."),
    "runs": Verb(f"{_VERBS}.runs", "List the runs, newest first."),
    "show": Verb(f"{_VERBS}.show", "Show one run: how it stands, or how it ended."),
    "explain": Verb(f"{_VERBS}.explain", "Tell why a node of a run ended as it did."),
    "answer": Verb(f"{_VERBS}.answer", "Answer the question of a blocked node."),
    "retry": Verb(f"{_VERBS}.retry", "Run a node that failed again, and what failed because of it."),
    "diff": Verb(f"{_VERBS}.diff", "Show what a run's result changes."),
    "undo": Verb(f"{_VERBS}.undo", "Take an applied result out of your files again."),
    "gc": Verb(f"{_VERBS}.gc", "Remove finished runs that are old."),
    "check": Verb(f"{_VERBS}.check", "Check workflow files without running anything."),
    "graph": Verb(f"{_VERBS}.graph", "Draw a workflow's graph."),
    "validate": Verb(f"{_VERBS}.validate", "Run a project's own checks on its files as they are."),
    "triage": Verb(f"{_VERBS}.triage", "Classify a failed log and keep the lines that matter."),
    "init": Verb(f"{_VERBS}.init", "Write a first workflow for this project."),
    "config": Verb(f"{_VERBS}.config", "Show every setting and where it comes from."),
    "trust": Verb(f"{_VERBS}.trust", "Trust the configuration that this repository brings."),
    "doctor": Verb(f"{_VERBS}.doctor", "Say what Rung can use on this machine, and what is missing."),
}
"""In the order of ``rung --help``. A new verb is a module and a row."""


class LazyGroup(click.Group):
    """A group whose members are the rows of :data:`VERBS`; help is written without loading any of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the table's order."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command; ``None`` for a word that is no verb."""
        del ctx
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command = import_module(verb.module).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, with a near miss for a word that is no verb."""
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            near = get_close_matches(name, VERBS, 1)
            remedy = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(VERBS)}"
            raise click.UsageError(f"no such verb {name!r}; {remedy}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


@click.group(
    "rung",
    cls=LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="VERB ...",
    epilog="\b\nExample:\n  rung init && rung run check\n\n`rung VERB --help` tells more about a verb.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="rung", message="%(prog)s %(version)s")
@verbosity
@click.pass_context
def rung(ctx: click.Context) -> None:
    """Run coding jobs as a dependency graph, judged by the project's own checks."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(USAGE)
