"""Other processes: not seen, not read, not signalled, not outlived."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from orchestrator.domain.sandbox import ENVIRONMENT
from tests.unit.sandbox.attack.ground import IS_ROOT, MOUNT, PATH, Ground, python, shell
from tests.unit.sandbox.processes import MARK, bearing, eventually, marked, pids, read

pytestmark = pytest.mark.anyio


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user with a secret in its environment."""
    with subprocess.Popen(["sleep", "1000"], env={"PATH": PATH, "CANARY": "treasure"}) as process:
        assert eventually(lambda: b"sleep" in read(process.pid, "cmdline"))
        yield process
        process.kill()


async def test_row_20_the_environment_of_other_processes_cannot_be_read(
    ground: Ground, victim: subprocess.Popen[bytes]
) -> None:
    script = shell(f"cat /proc/[0-9]*/environ /proc/{victim.pid}/environ 2>/dev/null | grep -ac treasure")
    assert (await ground.inside(*script)).stdout == "0\n"
    assert ground.bare("sh", "-c", f"grep -ac treasure /proc/{victim.pid}/environ") == "1\n"


async def test_row_21_the_first_process_tells_nothing(ground: Ground) -> None:
    script = "tr '\\0' '\\n' < /proc/1/environ; tr '\\0' ' ' < /proc/1/cmdline; ls /proc/1"
    result = await ground.inside(*shell(script), env={"MY_TOKEN": "treasure"})
    assert (result.stdout, result.stderr.count("No such file")) == ("", 2)
    naive = ["bwrap", "--unshare-all", "--dev-bind", "/", "/", "--proc", "/proc", "--clearenv", "sh", "-c", script]
    assert "treasure" in ground.bare(*naive, env={"MY_TOKEN": "treasure"})


TRACE = """
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if not child:
    time.sleep(1000)
data = ctypes.create_string_buffer(8)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
here, there = Part(ctypes.addressof(data), 8), Part(ctypes.addressof(data), 8)
got = libc.process_vm_readv(child, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
print("read" if got == 8 else ctypes.get_errno())
PTRACE_SEIZE = 0x4206
print("traced" if libc.ptrace(PTRACE_SEIZE, child, None, None) == 0 else ctypes.get_errno())
os.kill(child, 9)
"""


async def test_row_22_no_process_can_be_traced_or_have_its_memory_read(ground: Ground) -> None:
    assert (await ground.inside(*python(TRACE))).stdout == "1\n1\n"
    assert (await ground.outside(*python(TRACE))).stdout == "read\ntraced\n"


async def test_row_22_the_supervisor_s_memory_is_not_there(ground: Ground) -> None:
    script = 'import sys; open(f"/proc/{sys.argv[1]}/mem", "r+b"); print("open")'
    for first in ("1", "1/task/1"):
        assert (await ground.inside(*python(script, first))).stdout == ""
    assert (await ground.outside(*python(script, "self"))).stdout == "open\n"


async def test_row_23_other_processes_cannot_be_signalled(ground: Ground, victim: subprocess.Popen[bytes]) -> None:
    script = "import os, sys; os.kill(int(sys.argv[1]), 15)"
    await ground.inside(*python(f"{script}; os.kill(-1, 9)", str(victim.pid)))
    assert victim.poll() is None
    ground.bare(*python(script, str(victim.pid)))
    assert victim.wait(10) == -signal.SIGTERM


TERMINAL = """
import fcntl, os, pty, sys, termios
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
os.setsid()
ours, theirs = os.openpty()
fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
fcntl.ioctl(theirs, termios.TIOCGWINSZ, bytes(8))
try:
    fcntl.ioctl(theirs, termios.TIOCSTI, b"x")
    print("typed")
except OSError as error:
    print(error.errno)
"""


async def test_row_24_nothing_can_be_typed_into_a_terminal(ground: Ground) -> None:
    assert (await ground.inside(*python(TERMINAL))).stdout == "1\n"
    assert (await ground.outside(*python(TERMINAL))).stdout in ("typed\n", "5\n")  # 5: this kernel refuses it to all
    there = "open('/dev/tty').close(); print('open')"
    assert (await ground.inside(*python(there))).stdout == ""


async def test_row_33_a_daemon_dies_with_its_command(ground: Ground) -> None:
    env = marked()
    policy = replace(ground.policy, env=(*ENVIRONMENT, MARK))
    daemon = "(setsid sh -c '(trap \"\" TERM HUP; exec sleep 1001) </dev/null >/dev/null 2>&1 &' &); echo started"
    assert (await ground.inside(*shell(daemon), policy=policy, env=env)).stdout == "started\n"
    assert bearing(env) == []
    control = marked()
    ground.bare("sh", "-c", daemon, env=control)
    assert eventually(lambda: len(bearing(control)) == 1)
    for pid in bearing(control):
        os.kill(pid, signal.SIGKILL)


ENGINE = """
import json, sys
import anyio
from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import SandboxPolicy, ENVIRONMENT
from orchestrator.sandbox import SandboxRunner

tree, mount, mark, env, script = sys.argv[1:]
runner = SandboxRunner(SandboxPolicy(tree=tree, mount=mount, env=(*ENVIRONMENT, mark)))
command = Command(argv=("sh", "-c", script), cwd=mount, env=json.loads(env))
anyio.run(runner.run, command, lambda name, line: print(line, flush=True))
"""

DAEMON = "(setsid sh -c 'trap \"\" TERM; sleep 1000' >/dev/null 2>&1 &); echo up; trap '' TERM; sleep 1001"


def test_row_34_nothing_outlives_a_killed_engine(ground: Ground) -> None:
    env = marked()
    arguments = (str(ground.tree), MOUNT, MARK, json.dumps(env), DAEMON)
    path = os.pathsep.join(path for path in sys.path if path)
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE, *arguments],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert engine.stdout is not None
    with engine, engine.stdout as stdout:
        assert stdout.readline() == "up\n"
        tree = str(ground.tree).encode()
        assert eventually(lambda: len(bearing(env)) >= 2, 10)
        assert [pid for pid in pids() if b"bwrap" in (line := read(pid, "cmdline")) and tree in line]
        engine.kill()
    assert eventually(lambda: bearing(env) == [])
    assert eventually(lambda: [pid for pid in pids() if tree in read(pid, "cmdline")] == [])


def test_row_34_without_a_launcher_a_command_outlives_whoever_started_it() -> None:
    """The control."""
    env = marked()
    starts = "import subprocess, sys, time; subprocess.Popen(['sh', '-c', sys.argv[1]]); time.sleep(1000)"
    engine = subprocess.Popen([sys.executable, "-I", "-S", "-c", starts, DAEMON], stdout=subprocess.PIPE, env=env)
    assert engine.stdout is not None
    with engine, engine.stdout as stdout:
        assert stdout.readline() == b"up\n"
        assert eventually(lambda: len(bearing(env)) >= 3, 10)
        engine.kill()
    left = bearing(env)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert len(left) >= 2


async def test_row_43_a_command_cannot_say_how_it_ended_but_by_ending(ground: Ground) -> None:
    script = """
import os
for fd in range(3, 64):
    try: os.write(fd, b"exit 0\\n")
    except OSError: pass
for text in (b"exit 0\\n", b"started 7\\n", b"ready 1 0\\n", b"over 0\\n", b"::set-output name=x::y\\n"):
    os.write(1, text); os.write(2, text)
os._exit(5)
"""
    result = await ground.inside(*python(script))
    assert result.exit_code == 5
    assert "limit reached" not in result.stderr
    assert "exit 0" in (await ground.outside(*python(script))).stdout


async def test_all_rights_are_gone_and_none_can_be_gained(ground: Ground) -> None:
    wanted = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status"
    lines = dict(line.split() for line in (await ground.inside(*shell(wanted))).stdout.splitlines())
    assert {name: int(value, 16) for name, value in lines.items() if name.startswith("Cap")} == dict.fromkeys(
        ("CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"), 0
    )
    assert (lines["NoNewPrivs:"], lines["Seccomp:"]) == ("1", "2")
    own = dict(line.split() for line in ground.bare(*shell(wanted)).splitlines())
    assert int(own["CapBnd:"], 16) > 0
    if IS_ROOT:
        assert int(own["CapEff:"], 16) > 0
