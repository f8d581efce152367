"""The kernel's more dangerous doors are shut, each tried by the call itself."""

import os
import platform

import pytest

from orchestrator.sandbox.syscalls import REFUSED, SHAPED
from tests.unit.sandbox.attack.ground import IS_ROOT, Ground, python

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(platform.machine() not in SHAPED, reason="no filter is built for this machine"),
]

CALL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
numbers = [ctypes.c_long(int(word)) for word in sys.argv[1:]]
read, write = os.pipe()
if not os.fork():
    libc.syscall(*numbers)
    os.write(write, str(ctypes.get_errno()).encode())
    os._exit(0)
os.close(write)
os.wait()
print(os.read(read, 9).decode())
"""
EPERM, EINVAL, ENOSYS, EAFNOSUPPORT = 1, 22, 38, 97
NEW_USER, NEW_NAMESPACE = 0x10000000, 0x00020000
BAD = -1
"""Arguments that make no sense, so that a call that gets through does no harm; it then fails in another way."""

TRIED: dict[str, tuple[tuple[int, ...], bool]] = {
    "unshare": ((NEW_USER,), False),
    "keyctl": ((9999,), False),
    "add_key": ((0, 0, 0, 0, 0), False),
    "request_key": ((0, 0, 0, 0), False),
    "io_uring_setup": ((0, 0), False),
    "io_uring_enter": ((BAD, 0, 0, 0, 0, 0), False),
    "process_vm_readv": ((BAD, 0, 0, 0, 0, 0), False),
    "process_vm_writev": ((BAD, 0, 0, 0, 0, 0), False),
    "kcmp": ((BAD, BAD, 99, 0, 0), False),
    "pidfd_getfd": ((BAD, 0, 0), False),
    "ptrace": ((9999, BAD, 0, 0), False),
    "setns": ((BAD, 0), False),
    "bpf": ((9999, 0, 0), True),
    "perf_event_open": ((0, 0, -1, -1, 0), True),
    "mount": ((0, 0, 0, 0, 0), True),
    "umount2": ((0, 0), True),
    "pivot_root": ((0, 0), True),
    "chroot": ((0,), True),
    "fsopen": ((0, 0), True),
    "open_tree": ((BAD, 0, 0), False),
    "move_mount": ((BAD, 0, BAD, 0, 0), True),
    "kexec_load": ((0, 99, 0, 0), True),
    "swapon": ((0, 0), True),
    "open_by_handle_at": ((BAD, 0, 0), True),
}
"""Name -> arguments, and whether the kernel lets root alone get any further."""


def number(name: str) -> int:
    machine = platform.machine()
    return SHAPED[machine][name] if name in SHAPED[machine] else REFUSED[machine][name][0]


async def errors(ground: Ground, *words: int) -> tuple[int, int]:
    """``errno`` of a call inside and outside."""
    script = python(CALL, *map(str, words))
    inside, outside = await ground.inside(*script), await ground.outside(*script)
    return int(inside.stdout), int(outside.stdout)


@pytest.mark.parametrize("name", TRIED)
async def test_row_30_a_dangerous_call_is_refused(ground: Ground, name: str) -> None:
    arguments, root_only = TRIED[name]
    inside, outside = await errors(ground, number(name), *arguments)
    assert inside == (ENOSYS if name.startswith("io_uring") else EPERM)
    if IS_ROOT or not root_only:
        assert outside != inside


async def test_row_30_a_clone_makes_no_namespace_and_clone3_is_unknown(ground: Ground) -> None:
    inside, _ = await errors(ground, number("clone"), NEW_NAMESPACE | 17, 0, 0, 0, 0)
    assert inside == EPERM
    inside, outside = await errors(ground, number("clone3"), 0, 0)
    assert (inside, outside) == (ENOSYS, EINVAL)


@pytest.mark.parametrize("family", ["AF_VSOCK", "AF_ALG", "AF_PACKET", "AF_BLUETOOTH", "AF_CAN", "AF_KCM", "AF_TIPC"])
async def test_row_30_sockets_of_rare_families_cannot_be_made(ground: Ground, family: str) -> None:
    import socket

    number_of = {"AF_BLUETOOTH": 31, "AF_KCM": 41}
    value = number_of.get(family) or int(getattr(socket, family))
    inside, _ = await errors(ground, number("socket"), value, 5, 0)
    assert inside == EAFNOSUPPORT
    usual, _ = await errors(ground, number("socket"), int(socket.AF_INET), int(socket.SOCK_STREAM), 0)
    assert usual == 0


async def test_row_30_the_kernel_s_settings_cannot_be_written_not_even_by_root(ground: Ground) -> None:
    script = "import sys; open(sys.argv[1], 'r+').close(); print('open')"
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches"):
        assert (await ground.inside(*python(script, path))).stdout == ""
    if IS_ROOT and os.access("/proc/sys/kernel/core_pattern", os.W_OK):
        assert (await ground.outside(*python(script, "/proc/sys/kernel/core_pattern"))).stdout == "open\n"


async def test_row_30_a_user_namespace_cannot_be_had_by_any_tool(ground: Ground) -> None:
    tried = ("unshare", "--user", "echo", "made")
    assert (await ground.inside(*tried)).stdout == ""
    assert (await ground.outside(*tried)).stdout == "made\n"
