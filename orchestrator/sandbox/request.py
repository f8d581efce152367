"""Writes a command down as the supervisor reads it."""

import os
from collections.abc import Iterator

from orchestrator.domain.command import Command
from orchestrator.errors import InputError, Problem

__all__ = ["check", "encode"]

_LENGTH_BYTES = 8


def encode(command: Command, program: str) -> bytes:
    r"""``command``, to be executed as the file ``program``, in the format of :mod:`orchestrator.sandbox.supervisor`.

    That is the number of bytes that follow (8 bytes, big-endian), then NUL-separated in the file system's
    encoding: directory, program, number of arguments, the arguments, ``NAME=value`` of each variable.
    """
    variables = [f"{name}={value}" for name, value in command.env.items()]
    fields = [command.cwd, program, str(len(command.argv)), *command.argv, *variables]
    payload = b"\0".join(map(os.fsencode, fields))
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + payload


def check(command: Command) -> None:
    """Refuse what no process can be given.

    Raises:
        InputError: no program, a relative directory, a NUL byte, or a variable's name that is empty or holds ``=``.
    """
    if problems := list(_problems(command)):
        raise InputError(problems)


def _problems(command: Command) -> Iterator[Problem]:
    if not command.argv or not command.argv[0]:
        yield Problem(what="the command names no program", path="argv")
    if not command.cwd.startswith("/"):
        yield Problem(what=f"the working directory {command.cwd!r} is not absolute", path="cwd")
    named = [("cwd", command.cwd), *((f"argv[{index}]", text) for index, text in enumerate(command.argv))]
    named += [(f"env.{name}", f"{name}{value}") for name, value in command.env.items()]
    for path, text in named:
        if "\0" in text:
            yield Problem(what="a NUL byte cannot be given to a process", path=path.replace("\0", "?"))
    for name in command.env:
        if not name or "=" in name:
            yield Problem(what=f"{name!r} cannot be the name of an environment variable", path="env")
