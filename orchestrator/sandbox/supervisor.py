"""The first process of a command's namespace: starts the command, obeys the engine, buries the dead.

It runs as a script of its own (``python -I -S supervisor.py FD``) in the launcher's namespace, imports
nothing but built-in modules so that it starts within milliseconds, and has an empty environment. ``FD`` is
one end of a stream socket, the *channel*.

From the engine, first the request (see :mod:`orchestrator.sandbox.request`), then orders: ``T`` sends
SIGTERM to the command's process group. End of file, which the engine's death brings about as well, ends
everything at once: there is no moment, however early, at which a command outlives the engine.

To the engine, a line each: ``ready <own pid> <own uid>``; ``error <errno> <1 for its directory>`` when the command
could not be started, else ``started <its pid>`` and ``exit <code>`` when it has ended, negative for a signal. And
``over <place>`` where a limit ended it (see :mod:`orchestrator.sandbox.watchdog`).

Further arguments are limits: ``RLIMIT_NAME=soft:hard``, and ``watch:name=limit`` for the watchdog, which is then
found beside this file.

As pid 1 it takes the namespace with it. Where it is not pid 1 (no namespace could be had) it adopts what the
command orphans, kills all of that, and ends when nothing is left that it is allowed to kill.
"""

import _signal  # type: ignore[import-not-found]  # what signal.py wraps, which takes 4 ms to load
import _thread
import errno
import posix as os  # what os.py wraps, which takes 1 ms to load
import sys

_SIGKILL, _SIGTERM, _SIGCONT, _SIGSTOP = 9, 15, 18, 19
_ALL_SIGNALS = [number for number in range(1, 32) if number not in (_SIGKILL, _SIGSTOP)]
leave = os._exit  # noqa: SLF001  # os.py calls it public
_SHELL = b"/bin/sh"
_DEFAULT_PATH = b"/bin:/usr/bin"
_LENGTH_BYTES = 8
CWD = "the working directory"
_PR_SET_CHILD_SUBREAPER = 36


def main(channel: int, limits: list[str]) -> None:
    """Serve one command over ``channel``, within ``limits``, and end with it; never returns."""
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)  # Python would let the command interrupt us with it
    os.set_inheritable(channel, False)  # noqa: FBT003  # the parameter has no name
    is_init = os.getpid() == 1
    if not is_init:
        adopt_orphans()
    tell(channel, f"ready {os.getpid()} {os.getuid()}")
    try:
        limit_ourselves(limits)
        child = start(read_request(channel))
    except OSError as error:
        tell(channel, f"error {error.errno} {int(error.filename == CWD)}")
        leave(0)
    guard(channel, limits)
    tell(channel, f"started {child}")
    _thread.start_new_thread(obey, (channel, child), {"is_init": is_init})
    code = wait_for(child)
    if not is_init:
        kill_group(child, _SIGKILL)
        kill_the_rest()
    tell(channel, f"exit {code}")
    leave(0)


def limit_ourselves(limits: list[str]) -> None:
    """Set the resource limits, which the command inherits; none is raised above what holds already."""
    wanted = [limit.partition("=") for limit in limits if limit.startswith("RLIMIT_")]
    if not wanted:
        return
    import resource  # not always built in

    for name, _, values in wanted:
        number = getattr(resource, name)
        _, most = resource.getrlimit(number)
        soft, hard = (int(value) if most < 0 else min(int(value), most) for value in values.split(":"))
        resource.setrlimit(number, (soft, hard))


def guard(channel: int, limits: list[str]) -> None:
    """Start the watchdog, where something is left for it to watch."""
    watched = [limit.removeprefix("watch:").partition("=") for limit in limits if limit.startswith("watch:")]
    if watched:
        sys.path.append(__file__.rpartition("/")[0])
        watchdog = __import__("watchdog")
        watchdog.start({name: int(value) for name, _, value in watched}, lambda line: tell(channel, line))


def read_request(channel: int) -> list[bytes]:
    """The fields of the request; the process ends where the engine is gone before it was whole."""
    size = int.from_bytes(read_exactly(channel, _LENGTH_BYTES), "big")
    return read_exactly(channel, size).split(b"\0")


def read_exactly(channel: int, size: int) -> bytes:
    """The next ``size`` bytes; the process ends where there are fewer."""
    parts = []
    while size:
        part = os.read(channel, min(size, 1 << 20))
        if not part:
            leave(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def start(request: list[bytes]) -> int:
    """Start the command as the leader of a process group of its own, each signal at its default; its pid.

    As ``execvp`` does it, a file in no known format is taken for a script of the shell.
    """
    cwd, program, count, *rest = request
    argv, variables = rest[: int(count)], rest[int(count) :]
    env = dict(variable.split(b"=", 1) for variable in variables)
    try:
        os.chdir(cwd)
    except OSError as error:
        error.filename = CWD
        raise
    failure: OSError = FileNotFoundError(errno.ENOENT, "no such program")
    for candidate in candidates(program, env.get(b"PATH", _DEFAULT_PATH)):
        try:
            return spawn(candidate, argv, env=env)
        except PermissionError as error:
            failure = error
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return spawn(_SHELL, [_SHELL, candidate, *argv[1:]], env=env)
    raise failure


def candidates(program: bytes, path: bytes) -> list[bytes]:
    """The files that ``program`` may mean, as ``execvp`` looks for them; a path means itself."""
    if b"/" in program:
        return [program]
    return [(folder or b".") + b"/" + program for folder in path.split(b":")]


def spawn(program: bytes, argv: list[bytes], *, env: dict[bytes, bytes]) -> int:
    """``posix_spawn`` with a clean set of signals, in a process group of its own."""
    return os.posix_spawn(program, argv, env, setpgroup=0, setsigdef=_ALL_SIGNALS, setsigmask=[])


def obey(channel: int, child: int, *, is_init: bool) -> None:
    """Carry out the engine's orders until the channel ends, then end the command and all of its kin."""
    while next_order(channel) == b"T":
        kill_group(child, _SIGTERM)
        kill_group(child, _SIGCONT)  # a stopped process would not get to see the first one
    if is_init:
        leave(0)
    kill_group(child, _SIGKILL)


def next_order(channel: int) -> bytes:
    """One byte, or nothing at the end of the channel."""
    try:
        return os.read(channel, 1)
    except ConnectionResetError:
        return b""  # the engine was killed before it had read all that we said


def wait_for(child: int) -> int:
    """Reap whatever ends until ``child`` does; its exit code, negative for a signal."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def kill_group(leader: int, signal: int) -> None:
    """Send ``signal`` to the process group of ``leader``, if there still is one that may be signalled."""
    try:
        os.killpg(leader, signal)
    except OSError:
        return


def kill(pid: int) -> bool:
    """Whether ``pid`` could be killed, or was gone already."""
    try:
        os.kill(pid, _SIGKILL)
    except PermissionError:
        return False
    except ProcessLookupError:
        return True
    return True


def tell(channel: int, line: str) -> None:
    """Send one line to the engine; where it is gone the end of the channel says so soon enough."""
    try:
        os.write(channel, line.encode() + b"\n")
    except OSError:
        return


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, where the system knows that (Linux 3.4)."""
    if sys.platform != "linux":
        return
    import ctypes  # slow to load, and not needed inside a namespace

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_the_rest() -> None:
    """Kill all descendants; their children become ours as they go, so it ends when none is left.

    A process that may not be signalled, because it changed its user, is left alone.
    """
    spared: set[int] = set()
    while rest := set(children()) - spared:
        spared |= {pid for pid in rest if not kill(pid)}
        for pid in rest - spared:
            os.waitpid(pid, 0)


def children() -> list[int]:
    """The pids of our children, dead ones included."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return []
    names = os.listdir("/proc")
    return [int(name) for name in names if name.isdigit() and parent_of(name) == os.getpid()]


def parent_of(pid: str) -> int:
    """The parent of ``pid`` as /proc/PID/stat has it: the second field behind the name; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # pathlib is slow to load
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
