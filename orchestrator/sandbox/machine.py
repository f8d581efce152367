"""The parts of the host that belong to the system and can be seen, read-only, in every sandbox."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from orchestrator.domain.sandbox import Network
from orchestrator.sandbox.mounts import BindMount, FileMount, LinkMount, Mount

__all__ = ["HOME", "account_mounts", "account_name", "interpreter", "interpreter_mounts", "system_mounts"]

HOME = "/run/rung/home"
_USER = "rung"

_NAMES = {0: "root"}
_FOLDERS = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix/store", "gnu/store")
_SETTINGS = (
    "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "protocols", "services",
    "ssl/certs", "ssl/openssl.cnf", "pki/tls/certs", "pki/ca-trust/extracted", "ca-certificates", "crypto-policies",
)  # fmt: skip
_SETTINGS_OF_THE_NETWORK = ("hosts", "nsswitch.conf", "resolv.conf", "gai.conf")
_HOSTS = b"127.0.0.1 localhost\n::1 localhost\n"
_NAME_SERVICES = b"passwd: files\ngroup: files\nhosts: files\n"


def system_mounts(network: Network) -> Iterator[Mount]:
    """Programs, libraries and those few files of /etc that they need; how names are resolved only with a network."""
    for name in _FOLDERS:
        path = Path("/", name)
        if path.is_symlink():
            yield LinkMount(str(path), str(path.readlink()))
        elif path.is_dir():
            yield BindMount(str(path), str(path))
    settings = (*_SETTINGS, *(_SETTINGS_OF_THE_NETWORK if network == "all" else ()))
    for path in (Path("/etc", name) for name in settings):
        if path.is_dir():
            yield BindMount(str(path), str(path.resolve()))
        elif path.is_file():  # a copy, because each mount makes all the later ones slower
            yield FileMount(str(path), path.read_bytes())
    if network == "none":
        yield FileMount("/etc/hosts", _HOSTS)
        yield FileMount("/etc/nsswitch.conf", _NAME_SERVICES)


def account_name(number: int) -> str:
    """What the user or group of that number is called inside."""
    return _NAMES.get(number, _USER)


def account_mounts(uid: int, gid: int) -> Iterator[Mount]:
    """One user and one group: those that the command runs as, beside ``root`` and ``nobody``."""
    user, group = account_name(uid), account_name(gid)
    passwd = {0: f"root:x:0:0:root:{HOME}:/bin/sh", 65534: "nobody:x:65534:65534:nobody:/nonexistent:/bin/false"}
    passwd[uid] = f"{user}:x:{uid}:{gid}:{user}:{HOME}:/bin/sh"
    groups = {0: "root:x:0:", 65534: "nogroup:x:65534:"}
    groups[gid] = f"{group}:x:{gid}:"
    for name, lines in (("passwd", passwd), ("group", groups)):
        yield FileMount(f"/etc/{name}", "".join(f"{line}\n" for line in lines.values()).encode())


@cache
def interpreter() -> str:
    """The real path of the interpreter that runs the supervisor."""
    return str(Path(sys.executable).resolve())


@cache
def interpreter_mounts() -> tuple[Mount, ...]:
    """What that interpreter needs, where it is no part of the system."""
    return tuple(_interpreter_mounts())


def _interpreter_mounts() -> Iterator[Mount]:
    for place in {sys.base_prefix, sys.base_exec_prefix, str(Path(interpreter()).parent.parent)}:
        real = str(Path(place).resolve())
        if not Path(real).is_relative_to("/usr") and real != "/":
            yield BindMount(real, real)
