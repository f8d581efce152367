"""Options that several verbs share, and how their text is read."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from orchestrator.errors import InputError, Problem

_VERBOSITY = "orchestrator.verbosity"
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def example(text: str) -> str:
    """An epilog that shows ``text`` as it is."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in text.splitlines())


def verbosity(command: _Decorated) -> _Decorated:
    """``-v`` and ``-q``, before or after the verb; :func:`chosen_verbosity` reads them."""
    louder = click.option(
        "-v", "--verbose", count=True, expose_value=False, callback=_louder, help="Log more (-vv: everything)."
    )
    softer = click.option(
        "-q", "--quiet", count=True, expose_value=False, callback=_softer, help="No progress and no warnings."
    )
    return softer(louder(command))


def chosen_verbosity() -> int:
    """How often ``-v`` was given, less how often ``-q``, on the command line that is running."""
    count: int = click.get_current_context().meta.get(_VERBOSITY, 0)
    return count


def overrides(command: _Decorated) -> _Decorated:
    """``--set KEY=VALUE``, any number of times, as the parameter ``overrides``."""
    return click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
                        help="Override a setting, for example limits.max_parallel=8.")(command)  # fmt: skip


def sandbox(command: _Decorated) -> _Decorated:
    """``--sandbox auto|off``, as the parameter ``sandbox``; ``None`` where it is not given."""
    return click.option("--sandbox", type=click.Choice(("auto", "off")),
                        help="Where a workflow that edits runs code: in the sandbox or not at all (auto), "
                        "or without one (off).")(command)  # fmt: skip


def with_sandbox(given: Sequence[str], mode: str | None) -> tuple[str, ...]:
    """The settings that the command line overrides: those of ``--set``, and above them what ``--sandbox`` says."""
    return (*given, *([f"sandbox.mode={mode}"] if mode else []))


def as_json(what: str) -> Callable[[_Decorated], _Decorated]:
    """``--json``, as the parameter ``as_json``; ``what`` it prints."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON and nothing else.")


def parallelism(command: _Decorated) -> _Decorated:
    """``--max-parallel N``, as the parameter ``max_parallel``; ``None`` where it is not given."""
    return click.option("--max-parallel", type=click.IntRange(1, 1000), help="How many nodes run at once.")(command)


def of_run(command: _Decorated) -> _Decorated:
    """``--run RUN``, as the parameter ``run``; ``""`` means the newest run."""
    return click.option("--run", default="", metavar="RUN", help="The run meant; else the newest one.")(command)


def handing_over(command: _Decorated) -> _Decorated:
    """``--apply``, ``--branch`` and ``--patch DIR``, as parameters of these names."""
    branch = click.option("--branch", is_flag=True, help="Leave the result on the branch rung/RUN (the default).")
    apply = click.option("--apply", is_flag=True, help="Bring the result into your files too (rung undo takes it out).")
    patch = click.option("--patch", metavar="DIR", help="Write patch.diff and report.json into DIR too.")
    return branch(apply(patch(command)))


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """``key=value`` texts as a dictionary; a value may hold ``=`` and be empty.

    Raises:
        InputError: a text has no key or no ``=``, or a key comes twice.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for text in given:
        key, equals, value = text.partition("=")
        if not (key and equals):
            problems.append(Problem(file=f"{option} {text}", what="it is not KEY=VALUE"))
        elif key in found:
            problems.append(Problem(file=f"{option} {text}", what=f"{key!r} is given twice"))
        found[key] = value
    if problems:
        raise InputError(problems)
    return found


def _louder(ctx: click.Context, _parameter: click.Parameter, count: int) -> None:
    ctx.meta[_VERBOSITY] = ctx.meta.get(_VERBOSITY, 0) + count


def _softer(ctx: click.Context, _parameter: click.Parameter, count: int) -> None:
    ctx.meta[_VERBOSITY] = ctx.meta.get(_VERBOSITY, 0) - count
