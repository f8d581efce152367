"""From an exception to what a person reads and a caller gets: a pure table of endings, but for the report of a bug."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from orchestrator.errors import MachineError, RungError

BUG, INTERRUPTED, READER_GONE, USAGE = 70, 130, 141, 2
"""Exit codes beside those of the errors themselves; 130 and 141 are 128 + SIGINT and SIGPIPE, as a shell counts."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is told on standard error, line by line, and the exit code."""

    code: int
    lines: tuple[str, ...] = ()


def ending_of(error: BaseException) -> Ending:
    """How the process ends after ``error``; of a group all members are told, and the gravest one has the code.

    Bugs get one report together, however many there are.
    """
    members = tuple(_members(error))
    bugs = [one for one in members if _row(one) is _bug]
    endings = [_row(one)(one) for one in members if one not in bugs]
    if bugs:
        endings.append(_bug(error, bugs[0]))
    codes = [ending.code for ending in endings]
    gravest = next((code for code in (INTERRUPTED, BUG) if code in codes), codes[0])
    return Ending(gravest, tuple(dict.fromkeys(line for ending in endings for line in ending.lines)))


def _row(error: BaseException) -> Callable[..., Ending]:
    return next(ending for kind, ending in _ENDINGS if isinstance(error, kind))


def _members(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _members(member)
    else:
        yield error


def _expected(error: RungError) -> Ending:
    return Ending(error.exit_code, tuple(str(error).splitlines()))


def _usage(error: click.ClickException) -> Ending:
    context = getattr(error, "ctx", None)
    message = error.format_message().strip()
    if context is None or not isinstance(error, click.UsageError):
        return Ending(USAGE, (_sentence(message),))
    return Ending(USAGE, (f"{_sentence(message)} (see '{context.command_path} --help')",))


def _no_option(error: click.NoSuchOption) -> Ending:
    near = f"; did you mean {error.possibilities[0]!r}?" if error.possibilities else ""
    return _usage(click.UsageError(f"no such option {error.option_name!r}{near}", error.ctx))


def _sentence(message: str) -> str:
    """Click's message in our voice: one line, a small letter first, no full stop."""
    line = " ".join(message.split()).removesuffix(".")
    return line[:1].lower() + line[1:]


def _bug(error: BaseException, cause: BaseException) -> Ending:
    from orchestrator.frontends.cli.bugreport import report_bug

    return Ending(BUG, tuple(report_bug(error, cause)))


def _exit(error: SystemExit) -> Ending:
    return Ending(error.code if isinstance(error.code, int) else int(bool(error.code)))


_ENDINGS: tuple[tuple[type[BaseException], Callable[..., Ending]], ...] = (
    (MachineError, _bug),
    (RungError, _expected),
    (click.NoSuchOption, _no_option),
    (click.ClickException, _usage),
    (click.exceptions.Exit, lambda error: Ending(error.exit_code)),
    (KeyboardInterrupt, lambda _: Ending(INTERRUPTED)),
    (click.Abort, lambda _: Ending(INTERRUPTED)),
    (BrokenPipeError, lambda _: Ending(READER_GONE)),
    (SystemExit, _exit),
    (BaseException, _bug),
)
"""The first row whose class fits decides."""
