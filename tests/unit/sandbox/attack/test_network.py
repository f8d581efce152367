"""The network: none, not even the host's own services; a loopback interface of one's own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
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


RELAY = """
import socket, sys
port, path = int(sys.argv[1]), sys.argv[2]
asked = b"CONNECT example.org:443 HTTP/1.1\\r\\n\\r\\n"
hosts = ["127.0.0.1", "127.1", "2130706433", "0.0.0.0", "localhost", "::1", "::ffff:127.0.0.1", *sys.argv[3:]]
targets = [(socket.AF_INET6 if ":" in host else socket.AF_INET, (host, port)) for host in hosts]
for family, target in [*targets, (socket.AF_UNIX, path), (socket.AF_UNIX, "\\0" + path)]:
    try:
        with socket.socket(family) as line:
            line.settimeout(5)
            line.connect(target)
            line.sendall(asked)
            print(line.recv(100).decode())
    except OSError:
        continue
"""


class Relay:
    """A proxy of the host's, on all its addresses, as a file and by an abstract name: whoever asks is let through."""

    def __init__(self, path: str) -> None:
        kinds = [socket.create_server(("0.0.0.0", 0))]  # to be reachable is the point
        for name in (path, f"\0{path}"):
            kinds.append(socket.socket(socket.AF_UNIX))
            kinds[-1].bind(name)
            kinds[-1].listen()
        self.port = kinds[0].getsockname()[1]
        self._kinds = kinds
        for one in kinds:
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = one.accept()
                with line:
                    line.recv(100)
                    line.sendall(b"relayed")

    def close(self) -> None:
        for one in self._kinds:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


async def test_row_29_there_is_no_relay_and_none_of_the_host_s_can_be_reached(ground: Ground) -> None:
    """A rule that lets some hosts through can be talked around: there is no proxy, and no variable that names one."""
    with closing(Relay(str(ground.host / "relay"))) as relay:
        env = dict.fromkeys(("http_proxy", "HTTPS_PROXY", "ALL_PROXY"), f"http://127.0.0.1:{relay.port}")
        script = python(RELAY, str(relay.port), str(ground.host / "relay"), *_own_addresses())
        assert (await ground.inside(*script, env=env)).stdout == ""
        assert "proxy" not in (await ground.inside("env", env=env)).stdout.lower()
        assert (await ground.outside(*script, env=env)).stdout.count("relayed") >= 5
        assert (await ground.outside("env", env=env)).stdout.lower().count("proxy") == 3
    listening = shell("cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /proc/net/unix | grep -v sl; true")
    assert [line for line in (await ground.inside(*listening)).stdout.splitlines() if "Inode" not in line] == []


def _own_addresses() -> tuple[str, ...]:
    """Those by which the machine is known to others."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return ()  # its name is not known: then the usual ones must do
    return tuple(sorted({str(address[0]) for *_, address in found}))


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
