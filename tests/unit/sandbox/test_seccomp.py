"""The filter is executed by a machine of the test's own, for both architectures; numbers are the kernel's."""

import errno
import platform
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.sandbox.seccomp import MACHINES, Instruction, assemble, build, program_for_here
from orchestrator.sandbox.syscalls import REFUSED, SHAPED

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def run(program: tuple[Instruction, ...], number: int, *arguments: int, architecture: int) -> int:
    """What the filter says, as the kernel's own machine for classic BPF computes it."""
    data = {0: number, 4: architecture, **{16 + 8 * place: value for place, value in enumerate(arguments)}}
    at, value = 0, 0
    while True:
        code, yes, no, constant = program[at]
        at += 1
        if code == 0x20:
            value = data.get(constant, 0) & 0xFFFFFFFF
        elif code == 0x06:
            return constant
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[code]
            at += yes if holds else no


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def verdict(machine: str, number: int, *arguments: int) -> int:
    return run(build(machine), number, *arguments, architecture=MACHINES[machine])


def test_each_refused_call_fails_with_its_error(machine: str) -> None:
    for name, (number, is_missing) in REFUSED[machine].items():
        assert verdict(machine, number) == ERRNO | (errno.ENOSYS if is_missing else errno.EPERM), name


@given(number=st.integers(0, 1000))
def test_every_other_call_is_allowed(number: int) -> None:
    for machine in MACHINES:
        known = {refused for refused, _ in REFUSED[machine].values()} | set(SHAPED[machine].values())
        if number not in known:
            assert verdict(machine, number) == ALLOW


def test_another_machine_s_calls_kill(machine: str) -> None:
    other = next(value for name, value in MACHINES.items() if name != machine)
    for architecture in (other, 0x40000003, 0):
        assert run(build(machine), 0, architecture=architecture) == KILL
    assert verdict("x86_64", 0x40000000 + 1) == KILL


@pytest.mark.parametrize(("flags", "allowed"), [(0x11, True), (0x3D0F00, True), (0x10000011, False), (0x20000, False)])
def test_a_clone_is_judged_by_its_flags(machine: str, flags: int, allowed: bool) -> None:
    for name in ("clone", "unshare"):
        assert verdict(machine, SHAPED[machine][name], flags) == (ALLOW if allowed else ERRNO | errno.EPERM)


def test_a_terminal_can_be_asked_and_not_fed(machine: str) -> None:
    number = SHAPED[machine]["ioctl"]
    assert verdict(machine, number, 0, 0x5401) == ALLOW
    for request in (0x5412, 0x541C, 0x7_0000_5412):  # the kernel looks at the low half only
        assert verdict(machine, number, 0, request) == ERRNO | errno.EPERM


@pytest.mark.parametrize("name", ["socket", "socketpair"])
def test_sockets_of_four_families_are_left(machine: str, name: str) -> None:
    allowed = {family for family in range(64) if verdict(machine, SHAPED[machine][name], family) == ALLOW}
    assert allowed == {1, 2, 10, 16}
    assert verdict(machine, SHAPED[machine][name], 40) == ERRNO | errno.EAFNOSUPPORT


def test_every_jump_stays_in_the_program_and_ends_in_a_verdict(machine: str) -> None:
    program = build(machine)
    assert len(program) < 4096
    for at, (code, yes, no, _) in enumerate(program):
        if code not in (0x20, 0x06):
            assert at + 1 + max(yes, no) < len(program)
            assert max(yes, no) < 256
    assert program[-1].code == 0x06


def test_an_instruction_takes_eight_bytes() -> None:
    assert assemble([Instruction(0x15, 1, 2, 0xC000003E)])[:4] in (b"\x15\x00\x01\x02", b"\x00\x15\x01\x02")
    assert len(assemble(build("x86_64"))) == 8 * len(build("x86_64"))
    assert bool(program_for_here()) == (platform.machine() in MACHINES)


def test_the_numbers_are_the_kernel_s(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text())
    kernel = {name: int(number) for name, number in found}
    ours = {**{name: number for name, (number, _) in REFUSED[machine].items()}, **SHAPED[machine]}
    assert {name: number for name, number in ours.items() if kernel.get(name, number) != number} == {}
    assert len(ours.keys() & kernel.keys()) > 40
