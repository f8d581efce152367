"""Where the process begins and where every error ends."""

import sys

from orchestrator.frontends.cli.boundary import Ending, ending_of
from orchestrator.frontends.cli.streams import discard_output, flush_output, open_standard_streams, tell


def main() -> None:
    """Run ``rung`` on the process's arguments and leave with its exit code. Never raises anything else."""
    open_standard_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run ``rung`` with ``arguments``; the exit code. Errors have been told on standard error."""
    try:
        code = _invoke(arguments)
        flush_output()
    except BaseException as error:  # noqa: BLE001 - the one boundary: whatever it is, it is told and has a code
        return _end(ending_of(error))
    return code


def _invoke(arguments: list[str]) -> int:
    from orchestrator.frontends.cli.group import rung

    # Not through click's own main(): that would end the process by its own rules when the reader has left.
    with rung.make_context("rung", arguments) as context:
        code = rung.invoke(context)
    return code if isinstance(code, int) else 0  # a verb that returns nothing has succeeded


def _end(ending: Ending) -> int:
    for line in ending.lines:
        tell(line)
    try:
        flush_output()
    except OSError:
        discard_output()
    return ending.code
