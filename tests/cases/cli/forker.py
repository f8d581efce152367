"""Starts the command line again and again without loading it again, so that it can be killed often.

For each JSON object on a line of standard input (``arguments``, ``cwd``, ``env``) a forked process is ``rung``; its
errors go to the file ``stderr`` in ``cwd``. Prints ``pid N`` when it is there and ``ended CODE`` when it is gone.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any

import anyio
import anyio.lowlevel

from orchestrator.frontends.cli import main

_CLI = "orchestrator.frontends.cli"
LOADED_ON_USE = (f"{_CLI}.group", f"{_CLI}.execution", f"{_CLI}.verbs.run", f"{_CLI}.verbs.resume", "structlog.dev")


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def be_rung(order: dict[str, Any]) -> None:
    """In the forked process; never returns."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open("stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for ours, standard in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(ours, standard)
    sys.argv[1:] = order["arguments"]
    main()


if __name__ == "__main__":
    anyio.run(anyio.lowlevel.checkpoint)
    for name in LOADED_ON_USE:
        import_module(name)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            be_rung(json.loads(line))
        say(f"pid {process}")
        say(f"ended {os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}")
