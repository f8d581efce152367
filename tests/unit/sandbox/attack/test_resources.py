"""Resources: what one command can use up is bounded; the controls use harmlessly little outside."""

from dataclasses import replace

import pytest

from orchestrator.domain.command import CommandResult
from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.sandbox import means
from orchestrator.sandbox.cgroups import Cgroups
from tests.unit.sandbox.attack.ground import Ground, python, shell

pytestmark = pytest.mark.anyio

FORK = """
import os, time
made = 0
try:
    for _ in range(50):
        if not os.fork():
            time.sleep(60); os._exit(0)
        made += 1
except BlockingIOError:
    pass
print(made, flush=True)
time.sleep(float(__import__("sys").argv[1]))
os._exit(0)
"""


@pytest.fixture(params=["best", "watchdog"])
def watched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Once with the best mechanisms of this machine, once with those that work everywhere."""
    if request.param == "watchdog":
        monkeypatch.setattr(means, "find_cgroups", Cgroups)
        monkeypatch.setattr("orchestrator.sandbox.holding.is_real_root", lambda: True)
        return True
    return False


def told(result: CommandResult, name: str) -> bool:
    return f"[limit reached: {name} = " in result.stderr


async def test_row_31_a_fork_bomb_stops_at_its_limit(ground: Ground, *, watched: bool) -> None:
    policy = ground.limited(processes=20)
    if watched:
        result = await ground.inside(*python(FORK, "60"), policy=policy)
        assert (result.exit_code, told(result, "processes")) == (137, True)
    else:
        result = await ground.inside(*python(FORK, "0"), policy=policy)
        assert 15 <= int(result.stdout) <= 25
    assert (await ground.outside(*python(FORK, "0"))).stdout == "50\n"


async def test_row_31_threads_count_as_well(ground: Ground) -> None:
    script = """
import _thread, time
made = 0
try:
    for _ in range(50):
        _thread.start_new_thread(time.sleep, (60,)); made += 1
except RuntimeError:
    pass
print(made, flush=True)
__import__("os")._exit(0)
"""
    result = await ground.inside(*python(script), policy=ground.limited(processes=20))
    assert 15 <= int(result.stdout) <= 25
    assert (await ground.outside(*python(script))).stdout == "50\n"


async def test_row_32_one_process_gets_no_more_memory_than_the_limit(ground: Ground) -> None:
    script = python("data = bytearray(int(__import__('sys').argv[1]) << 20); print(len(data) >> 20)", "200")
    result = await ground.inside(*script, policy=ground.limited(memory_mb=96))
    assert (result.stdout, "MemoryError" in result.stderr) == ("", True)
    assert (await ground.inside(*script, policy=ground.limited(memory_mb=400))).stdout == "200\n"
    assert (await ground.outside(*script)).stdout == "200\n"


SHARE = """
import os, time
held = []
for _ in range(6):
    if not os.fork():
        data = bytearray(b"x" * (48 << 20)); time.sleep(3); os._exit(0)
codes = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(6)]
print(codes == [0] * 6)
"""


async def test_row_32_processes_together_get_no_more_memory_either(ground: Ground, *, watched: bool) -> None:
    result = await ground.inside(*python(SHARE), policy=ground.limited(memory_mb=160))
    assert result.stdout != "True\n"
    assert told(result, "memory_mb")
    if watched:
        assert result.exit_code == 137
    assert (await ground.inside(*python(SHARE), policy=ground.limited(memory_mb=1024))).stdout == "True\n"


async def test_row_32_an_endless_loop_ends(ground: Ground) -> None:
    result = await ground.inside(*shell("while :; do :; done"), policy=ground.limited(cpu_seconds=1))
    assert result.exit_code == 128 + 24
    assert (await ground.inside(*shell("ulimit -t"), policy=ground.limited(cpu_seconds=1))).stdout == "1\n"
    assert (await ground.outside(*shell("ulimit -t"))).stdout != "1\n"


async def test_row_32_a_flood_of_open_files_stops(ground: Ground) -> None:
    script = python("files = [open('/dev/null') for _ in range(200)]; print(len(files))")
    result = await ground.inside(*script, policy=ground.limited(open_files=64))
    assert (result.stdout, "Too many open files" in result.stderr) == ("", True)
    assert (await ground.outside(*script)).stdout == "200\n"


async def test_row_17_one_file_stops_at_its_limit(ground: Ground) -> None:
    script = shell("head -c 3000000 /dev/zero > big; wc -c < big; rm big")
    assert (await ground.inside(*script, policy=ground.limited(file_mb=1))).stdout == f"{1 << 20}\n"
    assert (await ground.outside(*script)).stdout == "3000000\n"


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "$HOME"])
async def test_row_17_scratch_folders_stop_at_their_limit(ground: Ground, place: str) -> None:
    script = shell(f'head -c 3000000 /dev/zero > "{place}/rung-big" && echo whole; rm "{place}/rung-big"')
    result = await ground.inside(*script, policy=ground.limited(scratch_mb=1))
    assert (result.stdout, "No space left" in result.stderr) == ("", True)
    control = await ground.outside(*shell(f"head -c 3000000 /dev/zero > {ground.host}/big && echo whole"))
    assert control.stdout == "whole\n"


FILLS = {
    "tree_mb": "for n in 1 2 3 4 5 6 7 8; do head -c 1000000 /dev/zero > f$n; done",
    "tree_files": "mkdir d; cd d; seq 1 800 | xargs touch",
}


@pytest.mark.parametrize("name", FILLS)
async def test_row_17_a_tree_that_grows_beyond_its_limit_ends_the_command(ground: Ground, name: str) -> None:
    policy: SandboxPolicy = ground.limited(tree_mb=4, tree_files=500)
    result = await ground.inside(*shell(f"{FILLS[name]}; echo full; exec sleep 60"), policy=policy)
    assert (result.exit_code, result.idle, told(result, name)) == (137, False, True)
    assert (await ground.outside(*shell(f"{FILLS[name]}; echo full"))).stdout == "full\n"


DEEP = """
import os, time
for _ in range(40):
    os.mkdir("d" * 200); os.chdir("d" * 200)
open("hidden", "w").close()
print("deep", flush=True)
time.sleep(float(__import__("sys").argv[1]))
"""


async def test_row_17_a_folder_that_is_too_deep_to_look_into_ends_the_command(ground: Ground) -> None:
    policy = replace(ground.policy, limits=replace(ground.policy.limits, tree_mb=1, tree_files=100))
    result = await ground.inside(*python(DEEP, "60"), policy=policy)
    assert (result.stdout, result.exit_code, told(result, "tree_mb")) == ("deep\n", 137, True)
    await ground.outside("rm", "-rf", "d" * 200)  # inside, such a tree ends whatever begins on it
    assert (await ground.outside(*python(DEEP, "0"))).stdout == "deep\n"
    await ground.outside("rm", "-rf", "d" * 200)


async def test_what_stays_within_its_limits_is_told_nothing(ground: Ground, *, watched: bool) -> None:
    del watched
    result = await ground.inside(*shell("echo out; echo err >&2; exit 3"))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "out\n", "err\n")
