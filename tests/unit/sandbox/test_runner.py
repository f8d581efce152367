"""What a command gets and what comes back, under each launcher."""

import errno
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.domain.command import Command, CommandResult
from orchestrator.errors import IsolationError
from orchestrator.sandbox import Launcher, LocalRunner
from orchestrator.sandbox.bubblewrap import Bubblewrap
from tests.unit.sandbox.processes import MARK, PATH, bearing, marked, pids, read

pytestmark = pytest.mark.anyio


def shell(script: str, cwd: Path, **variables: str) -> Command:
    return Command(argv=("sh", "-c", script), cwd=str(cwd), env={"PATH": PATH, **variables})


def python(code: str, cwd: Path) -> Command:
    return Command(argv=(sys.executable, "-I", "-S", "-c", code), cwd=str(cwd), env={"PATH": PATH})


async def test_both_streams_and_the_exit_code_come_back(runner: LocalRunner, tmp_path: Path) -> None:
    result = await runner.run(shell("echo out; echo err >&2; exit 3", tmp_path))
    assert result == CommandResult(exit_code=3, stdout="out\n", stderr="err\n", seconds=result.seconds)
    assert result.seconds > 0


async def test_the_environment_is_exactly_the_one_given(runner: LocalRunner, tmp_path: Path) -> None:
    env = {"PATH": PATH, "INPUT_MY-NAME": "a b", "EMPTY": "", "LD_LIBRARY_PATH": "/nowhere", "TEXT": "zwei\nZeilen ü"}
    result = await runner.run(Command(argv=("env", "-0"), cwd=str(tmp_path), env=env))
    raw = await runner.run(Command(argv=("sh", "-c", "exec env -0 | tr '\\0' '\\1'"), cwd=str(tmp_path), env={}))
    assert result.stdout == "".join(f"{name}={value}" for name, value in env.items())
    assert raw.exit_code == 0


async def test_the_directory_is_the_user_s_own_and_files_are_the_user_s(runner: LocalRunner, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("before")
    result = await runner.run(shell("pwd; cat there; echo after > there; mkdir -m 700 new; id -u; id -g", tmp_path))
    assert result.stdout == f"{tmp_path}\nbefore{os.getuid()}\n{os.getgid()}\n"
    assert (tmp_path / "there").read_text() == "after\n"
    for path in (tmp_path / "there", tmp_path / "new"):
        assert (path.stat().st_uid, path.stat().st_gid) == (os.getuid(), os.getgid())


async def test_no_descriptor_but_the_three_is_inherited(runner: LocalRunner, tmp_path: Path) -> None:
    code = "import os; print([n for n in range(256) if os.path.exists(f'/proc/self/fd/{n}')])"
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003  # the parameter has no name
        result = await runner.run(python(code, tmp_path))
    assert result.stdout == "[0, 1, 2]\n"


async def test_every_signal_is_at_its_default(runner: LocalRunner, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        result = await runner.run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status", tmp_path))
    finally:
        signal.signal(signal.SIGHUP, before)
    blocked, ignored = (int(line.split()[1], 16) for line in result.stdout.splitlines())
    ordinary = (1 << 31) - 1
    assert (blocked & ordinary, ignored & ordinary) == (0, 0)


async def test_there_is_no_terminal(runner: LocalRunner, tmp_path: Path) -> None:
    result = await runner.run(python("import os; print(os.isatty(0)); open('/dev/tty')", tmp_path))
    assert result.stdout == "False\n"
    assert f"[Errno {errno.ENXIO}]" in result.stderr


async def test_the_session_is_a_new_one(runner: LocalRunner, tmp_path: Path) -> None:
    # Seen from outside: inside of a namespace a session whose leader is elsewhere has the number 0, as ours may have.
    seen: list[int] = []

    def look(_stream: str, _line: str) -> None:
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if str(tmp_path).encode() in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                    seen.append(os.getsid(int(entry.parent.name)))
        (tmp_path / "seen").touch()

    waiting = f"echo ready; for i in $(seq 500); do [ -e '{tmp_path}/seen' ] && exit 0; sleep 0.01; done; exit 1"
    result = await runner.run(shell(waiting, tmp_path), look)
    assert result.exit_code == 0
    assert seen
    assert not {0, os.getsid(0)} & set(seen)


async def test_proc_is_the_namespace_s_own(runner: LocalRunner, launcher: Launcher, tmp_path: Path) -> None:
    result = await runner.run(
        shell('readlink /proc/self >/dev/null && read pid rest < /proc/self/stat; echo "$$ $pid"; ls /proc', tmp_path)
    )
    first, *names = result.stdout.splitlines()
    own, seen = first.split()
    assert own == seen
    others = {name for name in names if name.isdigit()}
    assert (str(os.getpid()) in others) is not launcher.contains


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT, signal.SIGPIPE])
async def test_an_end_by_a_signal_counts_from_128(runner: LocalRunner, tmp_path: Path, number: int) -> None:
    result = await runner.run(shell(f"kill -{number} $$", tmp_path))
    assert result.exit_code == 128 + number


@pytest.mark.parametrize("code", [0, 1, 2, 125, 126, 127, 137, 255])
async def test_the_command_s_own_exit_code_is_never_mistaken(runner: LocalRunner, tmp_path: Path, code: int) -> None:
    assert (await runner.run(shell(f"exit {code}", tmp_path))).exit_code == code


@pytest.mark.parametrize("data", [b"", b"hello\n", b"\0\xff" * 500_000])
async def test_standard_input_holds_the_given_bytes_and_ends(runner: LocalRunner, tmp_path: Path, data: bytes) -> None:
    command = Command(argv=("wc", "-c"), cwd=str(tmp_path), env={"PATH": PATH}, stdin=data)
    assert (await runner.run(command)).stdout == f"{len(data)}\n"


async def test_a_command_need_not_read_its_input(runner: LocalRunner, tmp_path: Path) -> None:
    command = Command(argv=("true",), cwd=str(tmp_path), env={"PATH": PATH}, stdin=b"x" * 1_000_000)
    assert (await runner.run(command)).exit_code == 0


async def test_a_script_without_a_first_line_is_the_shell_s(runner: LocalRunner, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text('echo "$0 $1 $2"\n')
    script.chmod(0o755)
    result = await runner.run(Command(argv=("./script", "a", "b c"), cwd=str(tmp_path), env={"PATH": PATH}))
    assert result.stdout.endswith("/script a b c\n")


async def test_the_program_s_own_name_for_itself_is_kept(runner: LocalRunner, tmp_path: Path) -> None:
    command = Command(argv=("sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline"), cwd=str(tmp_path), env={"PATH": PATH})
    assert (await runner.run(command)).stdout.startswith("sh -c ")


async def test_a_missing_interpreter_is_a_missing_file(runner: LocalRunner, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    with pytest.raises(FileNotFoundError, match="cannot be started: No such file"):
        await runner.run(Command(argv=("./script",), cwd=str(tmp_path)))


async def test_arguments_that_the_system_refuses_are_an_os_error(runner: LocalRunner, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be started: Argument list too long"):
        await runner.run(Command(argv=("true", "x" * 200_000), cwd=str(tmp_path), env={"PATH": PATH}))


async def test_a_large_environment_gets_through(runner: LocalRunner, tmp_path: Path) -> None:
    env = {"PATH": PATH, **{f"V{number}": "x" * 100_000 for number in range(12)}}
    result = await runner.run(Command(argv=("sh", "-c", "env | wc -c"), cwd=str(tmp_path), env=env))
    assert int(result.stdout) > 1_200_000


async def test_secrets_are_seen_in_the_command_only(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    fifo = tmp_path / "go"
    os.mkfifo(fifo)
    secret = env[MARK].encode()
    seen: list[tuple[list[int], list[int]]] = []

    def look(_name: str, _line: str) -> None:
        holders = [pid for pid in pids() if secret in read(pid, "environ") + read(pid, "cmdline")]
        seen.append((holders, bearing(env)))
        fifo.write_text("on\n")

    await runner.run(Command(argv=("sh", "-c", "echo up; read word < go"), cwd=str(tmp_path), env=env), look)
    ((holders, own),) = seen
    assert holders == own
    assert len(own) == 1


async def test_lines_come_while_the_command_runs(runner: LocalRunner, tmp_path: Path) -> None:
    fifo = tmp_path / "go"
    os.mkfifo(fifo)
    got: list[tuple[str, str]] = []

    def take(name: str, line: str) -> None:
        got.append((name, line))
        if line == "waiting":
            fifo.write_text("on\n")

    result = await runner.run(shell("echo waiting; read word < go; echo $word >&2", tmp_path), take)
    assert result.exit_code == 0
    assert got == [("stdout", "waiting"), ("stderr", "on")]


async def test_escapes_and_invalid_bytes_are_cleaned(runner: LocalRunner, tmp_path: Path) -> None:
    got: list[str] = []
    script = r"printf '\033[31mred\033[0m\r\n\377\n'"
    result = await runner.run(shell(script, tmp_path), lambda _name, line: got.append(line))
    assert result.stdout == "red\n\ufffd\n"
    assert got == ["red", "\ufffd"]


async def test_of_a_long_stream_the_ends_are_kept_and_the_rest_is_counted(runner: LocalRunner, tmp_path: Path) -> None:
    script = "echo first; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last; echo more >&2"
    command = Command(argv=("sh", "-c", script), cwd=str(tmp_path), env={"PATH": PATH}, keep_bytes=1000)
    result = await runner.run(command)
    assert result.stdout.startswith("first\nxxx")
    assert result.stdout.endswith("xxx\nlast\n")
    assert (result.dropped_bytes, result.stderr) == (30_000_000 + 12 - 1000, "more\n")


async def test_silence_beyond_the_idle_timeout_ends_it(runner: LocalRunner, tmp_path: Path) -> None:
    command = Command(argv=("sleep", "1000"), cwd=str(tmp_path), env={"PATH": PATH}, idle_timeout=0.2)
    result = await runner.run(command)
    assert (result.idle, result.exit_code) == (True, 143)


async def test_output_puts_the_idle_timeout_off(runner: LocalRunner, tmp_path: Path) -> None:
    script = "for i in 1 2 3 4; do sleep 0.3; printf . >&2; done"
    command = Command(argv=("sh", "-c", script), cwd=str(tmp_path), env={"PATH": PATH}, idle_timeout=1)
    result = await runner.run(command)
    assert (result.idle, result.exit_code, result.stderr) == (False, 0, "....")


async def test_an_error_of_the_sink_ends_the_command_and_is_raised(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()

    def fail(_name: str, line: str) -> None:
        raise ZeroDivisionError(line)

    with pytest.raises(ZeroDivisionError, match="up"):
        await runner.run(Command(argv=("sh", "-c", "echo up; sleep 1000"), cwd=str(tmp_path), env=env), fail)
    assert bearing(env) == []


def open_descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


async def test_no_descriptor_of_the_engine_is_left_open(runner: LocalRunner, tmp_path: Path) -> None:
    await runner.run(shell("true", tmp_path))
    before = open_descriptors()
    for _ in range(3):
        await runner.run(shell("cat", tmp_path))
        with pytest.raises(OSError, match="cannot be started"):
            await runner.run(Command(argv=("true", "x" * 200_000), cwd=str(tmp_path), env={"PATH": PATH}))
    assert open_descriptors() == before


async def test_a_launcher_that_is_not_there_is_an_isolation_error(tmp_path: Path) -> None:
    with pytest.raises(IsolationError, match="bubblewrap: no-such-bwrap cannot be started: No such file"):
        await LocalRunner(Bubblewrap("no-such-bwrap")).run(shell("true", tmp_path))


async def test_a_launcher_that_fails_is_told_from_a_command_that_fails(tmp_path: Path) -> None:
    tool = tmp_path / "bwrap"
    tool.write_text("#!/bin/sh\necho 'bwrap: no permission' >&2\nexit 1\n")
    tool.chmod(0o755)
    with pytest.raises(IsolationError, match="the command could not be started: bwrap: no permission"):
        await LocalRunner(Bubblewrap(str(tool))).run(shell("true", tmp_path))
