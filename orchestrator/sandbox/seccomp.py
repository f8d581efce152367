"""Builds the filter of system calls: a program for the kernel's classic BPF machine.

The format is that of ``linux/filter.h`` (8 bytes an instruction: code, two jump offsets, a constant), the data
that of ``struct seccomp_data`` (``linux/seccomp.h``): number at 0, machine at 4, arguments of 8 bytes from 16 on.
"""

import errno
import platform
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from orchestrator.sandbox.syscalls import REFUSED, SHAPED

__all__ = ["MACHINES", "Instruction", "build", "program_for_here"]

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000
"""Set in the numbers of x86_64's other calling convention, which has a table of its own."""

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machine -> ``AUDIT_ARCH_...`` of ``linux/audit.h``."""

_NEW_NAMESPACE = 0x7E020000
"""All of ``CLONE_NEW...`` but time, whose bit has another meaning in ``clone``."""
_NEW_TIME = 0x80
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10, 16)
"""``AF_UNIX``, ``AF_INET``, ``AF_INET6``, ``AF_NETLINK``: the socket families that are left."""


class Instruction(NamedTuple):
    """One instruction; ``yes`` and ``no`` count the instructions to skip."""

    code: int
    yes: int
    no: int
    constant: int


def build(machine: str) -> tuple[Instruction, ...]:
    """The filter for ``machine``, a key of :data:`MACHINES`.

    A call of :data:`orchestrator.sandbox.syscalls.REFUSED` fails with ``EPERM`` or ``ENOSYS``; making namespaces
    and feeding a terminal with ``EPERM``; a socket of another family than the usual with ``EAFNOSUPPORT``. A call
    by another machine's convention (32-bit programs, x32) kills the process. All else is allowed.
    """
    return tuple(_program(machine))


@cache
def program_for_here() -> bytes:
    """The filter for this machine as the kernel reads it; empty where there is none for it."""
    machine = platform.machine()
    return assemble(build(machine)) if machine in MACHINES else b""


def assemble(program: Iterable[Instruction]) -> bytes:
    """``struct sock_filter`` after ``struct sock_filter``, in the machine's own byte order."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _program(machine: str) -> Iterator[Instruction]:
    yield Instruction(_LOAD, 0, 0, _ARCHITECTURE)
    yield from _unless_equal(MACHINES[machine], _KILL)
    yield Instruction(_LOAD, 0, 0, _NUMBER)
    if machine == "x86_64":
        yield Instruction(_JUMP_AT_LEAST, 0, 1, _X32)
        yield _give(_KILL)
    for number, is_missing in REFUSED[machine].values():
        yield Instruction(_JUMP_EQUAL, 0, 1, number)
        yield _give(_ERRNO | (errno.ENOSYS if is_missing else errno.EPERM))
    numbers = SHAPED[machine]
    yield from _call(numbers["clone"], 0, body=[*_any_bit(_NEW_NAMESPACE)])
    yield from _call(numbers["unshare"], 0, body=[*_any_bit(_NEW_NAMESPACE | _NEW_TIME)])
    yield from _call(numbers["ioctl"], 1, body=[*_equal(_TIOCSTI), *_equal(_TIOCLINUX)])
    for name in ("socket", "socketpair"):
        yield from _call(numbers[name], 0, body=[*_only(_FAMILIES)])
    yield _give(_ALLOW)


def _call(number: int, argument: int, *, body: list[Instruction]) -> Iterator[Instruction]:
    """Where the call is ``number``, load the low half of that argument, run ``body`` and allow what is left."""
    yield Instruction(_JUMP_EQUAL, 0, len(body) + 2, number)
    yield Instruction(_LOAD, 0, 0, 16 + 8 * argument)
    yield from body
    yield _give(_ALLOW)


def _any_bit(mask: int) -> Iterator[Instruction]:
    yield Instruction(_JUMP_ANY_BIT, 0, 1, mask)
    yield _give(_ERRNO | errno.EPERM)


def _equal(value: int) -> Iterator[Instruction]:
    yield Instruction(_JUMP_EQUAL, 0, 1, value)
    yield _give(_ERRNO | errno.EPERM)


def _only(values: tuple[int, ...]) -> Iterator[Instruction]:
    for place, value in enumerate(values):
        yield Instruction(_JUMP_EQUAL, len(values) - place, 0, value)
    yield _give(_ERRNO | errno.EAFNOSUPPORT)


def _unless_equal(value: int, action: int) -> Iterator[Instruction]:
    yield Instruction(_JUMP_EQUAL, 1, 0, value)
    yield _give(action)


def _give(action: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, action)
