"""The network: none, not even the host's own services; a loopback interface of one's own."""

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.unit.sandbox.attack.ground import Ground, python, shell

pytestmark = pytest.mark.anyio

CONNECT = """
import socket, sys
family, address = sys.argv[1:3]
target = (address, int(sys.argv[3])) if family != "AF_UNIX" else address.replace("@", "\\0", 1)
with socket.socket(getattr(socket, family)) as line:
    line.settimeout(5)
    line.connect(target)
    print("connected")
"""


@pytest.fixture(params=["127.0.0.1", "::1"])
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, str]]:
    """A service of the host, as arguments for the script."""
    host: str = request.param
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with listening:
        yield family.name, host, str(listening.getsockname()[1])


async def test_rows_25_and_27_services_of_the_host_cannot_be_reached(
    ground: Ground, service: tuple[str, str, str]
) -> None:
    assert "refused" in (await ground.inside(*python(CONNECT, *service))).stderr
    assert (await ground.outside(*python(CONNECT, *service))).stdout == "connected\n"


async def test_row_25_with_the_host_s_network_they_can(ground: Ground, service: tuple[str, str, str]) -> None:
    policy = replace(ground.policy, network="all")
    assert (await ground.inside(*python(CONNECT, *service), policy=policy)).stdout == "connected\n"


async def test_row_25_there_is_no_way_out(ground: Ground) -> None:
    result = await ground.inside(*python(CONNECT, "AF_INET", "192.0.2.1", "9"))
    assert "unreachable" in result.stderr
    own = "import os; print(sorted(name for _, name in __import__('socket').if_nameindex()))"
    assert (await ground.inside(*python(own))).stdout == "['lo']\n"
    routes = await ground.inside("cat", "/proc/net/route")
    assert len(routes.stdout.splitlines()) <= 1
    assert (await ground.outside(*python(own))).stdout == f"{sorted(name for _, name in socket.if_nameindex())}\n"


async def test_row_26_no_datagram_gets_out_and_no_name_is_resolved(ground: Ground) -> None:
    send = 'import socket, sys; s = socket.socket(type=2); s.sendto(b"x", ("127.0.0.1", int(sys.argv[1])))'
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0)
        script = python(send, str(listening.getsockname()[1]))
        await ground.inside(*script)
        with pytest.raises(BlockingIOError):
            listening.recv(1)
        await ground.outside(*script)
        assert listening.recv(1) == b"x"
    resolve = "import socket, sys; print(bool(socket.getaddrinfo(sys.argv[1], 80)))"
    assert (await ground.inside(*python(resolve, "example.org"))).exit_code != 0
    assert (await ground.inside(*python(resolve, "localhost"))).stdout == "True\n"


async def test_row_27_sockets_that_are_files_are_not_there(ground: Ground) -> None:
    path = str(ground.host / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        assert "No such file" in (await ground.inside(*python(CONNECT, "AF_UNIX", path))).stderr
        assert (await ground.outside(*python(CONNECT, "AF_UNIX", path))).stdout == "connected\n"


async def test_row_28_abstract_sockets_are_another_namespace_s(ground: Ground) -> None:
    name = f"rung-test-{id(ground)}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{name}")
        listening.listen()
        script = python(CONNECT, "AF_UNIX", f"@{name}")
        assert "refused" in (await ground.inside(*script)).stderr
        assert (await ground.outside(*script)).stdout == "connected\n"


async def test_a_server_of_one_s_own_can_be_tested(ground: Ground) -> None:
    serve = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()):
        print("connected")
"""
    assert (await ground.inside(*python(serve))).stdout == "connected\n"


async def test_the_host_s_message_queues_and_name_are_another_namespace_s(ground: Ground) -> None:
    look = shell("for kind in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$kind; done")
    inside = (await ground.inside(*look)).stdout.splitlines()
    outside = ground.bare(*look).splitlines()
    assert len(inside) == len(outside) == 7
    assert set(inside) & set(outside) == set()
