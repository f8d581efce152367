"""Counts what a command's processes use up, from inside their namespace, where nothing more exact can be had.

It runs in the supervisor's process (see there), so it imports nothing but built-in modules.
"""

import _thread
import posix as os  # what os.py wraps, which takes 1 ms to load
from time import sleep

TYPE_CHECKING = False  # typing.py takes longer to load than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable

_SIGKILL = 9
_SECONDS = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


def start(limits: dict[str, int], tell: "Callable[[str], None]") -> None:
    """Look at all processes several times a second; where there is too much, say so and kill them all.

    Args:
        limits: ``processes`` (threads count as well) and ``memory`` (bytes); each may be missing.
        tell: takes ``over <n>``: the place of the limit in the order given, from 0.
    """
    _thread.start_new_thread(watch, (limits, tell))


def watch(limits: dict[str, int], tell: "Callable[[str], None]") -> None:
    """Never returns."""
    measures = {"processes": count_tasks, "memory": count_memory}
    while True:
        sleep(_SECONDS)
        pids = others()
        for place, (name, limit) in enumerate(limits.items()):
            if measures[name](pids, limit) > limit:
                tell(f"over {place}")
                kill_all()


def others() -> list[str]:
    """The processes of the namespace, without its first."""
    return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def count_tasks(pids: list[str], limit: int) -> int:
    """Processes and threads; once there are too many it does not matter how many."""
    total = len(pids)
    for pid in pids:
        if total > limit:
            break
        total += max(0, threads_of(pid) - 1)
    return total


def threads_of(pid: str) -> int:
    """The 20th field of /proc/PID/stat (proc(5))."""
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return int(fields[17]) if fields else 0


def count_memory(pids: list[str], limit: int) -> int:
    """Bytes. What processes share is told apart only when it matters, because that takes a while."""
    total = sum(map(resident, pids))
    return total if total <= limit else sum(map(proportional, pids))


def resident(pid: str) -> int:
    """The second field of /proc/PID/statm (proc(5))."""
    fields = read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def proportional(pid: str) -> int:
    """``Pss`` of /proc/PID/smaps_rollup: shared pages are divided among those who share them."""
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return resident(pid)


def read(path: str) -> bytes:
    """Nothing where the process is gone meanwhile."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib is slow to load
            return file.read()
    except OSError:
        return b""


def kill_all() -> None:
    """Kill every process of the namespace but its first, which is us; none that is being made escapes."""
    try:
        os.kill(-1, _SIGKILL)
    except ProcessLookupError:
        return
