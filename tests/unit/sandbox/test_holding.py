"""Which mechanism holds each limit, and the groups of the kernel that are the best of them."""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.domain.sandbox import Limits
from orchestrator.sandbox import cgroups, holding
from orchestrator.sandbox.cgroups import Cgroups, find_cgroups
from orchestrator.sandbox.holding import holding_for

LIMITS = Limits(memory_mb=64, processes=10)


def by(found: holding.Holding, name: str) -> tuple[str, ...]:
    return next(limit.by for limit in found.held if limit.name == name)


def test_groups_hold_what_they_can(tmp_path: Path) -> None:
    found = holding_for(LIMITS, Cgroups("cgroup v2", {"memory": tmp_path, "pids": tmp_path}))
    assert (by(found, "memory_mb"), by(found, "processes")) == (("cgroup v2", "RLIMIT_DATA"), ("cgroup v2",))
    assert found.watched == ()
    assert [word for word in found.words if word.startswith(("watch", "RLIMIT_NPROC"))] == []


def test_a_plain_user_without_groups_has_nproc_and_a_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "is_real_root", lambda: False)
    monkeypatch.setattr(holding, "_kernel", lambda: (6, 1))
    found = holding_for(LIMITS, Cgroups())
    assert (by(found, "processes"), by(found, "memory_mb")) == (("RLIMIT_NPROC",), ("watchdog", "RLIMIT_DATA"))
    assert found.watched == ("memory_mb",)
    assert "watch:memory=67108864" in found.words
    assert "RLIMIT_NPROC=14:14" in found.words


@pytest.mark.parametrize(("root", "kernel"), [(True, (6, 1)), (False, (5, 10))])
def test_where_nproc_counts_nothing_or_too_much_all_is_watched(
    monkeypatch: pytest.MonkeyPatch, root: bool, kernel: tuple[int, int]
) -> None:
    monkeypatch.setattr(holding, "is_real_root", lambda: root)
    monkeypatch.setattr(holding, "_kernel", lambda: kernel)
    found = holding_for(LIMITS, Cgroups())
    assert (by(found, "processes"), found.watched) == (("watchdog",), ("processes", "memory_mb"))


def test_every_limit_is_held_by_something() -> None:
    found = holding_for(LIMITS, Cgroups())
    assert [limit.name for limit in found.held] == list(Limits.__slots__)


@pytest.fixture
def groups() -> Cgroups:
    found = find_cgroups()
    if not found.parents:
        pytest.skip("this user may make no control group here")
    return found


def test_a_group_is_entered_counts_and_leaves_nothing(groups: Cgroups) -> None:
    with groups.group(LIMITS) as group:
        folders = group.folders
        enter = 'for door in "$@"; do echo 0 > "$door"; done; (sleep 0 & sleep 0 & wait); cat "$@"'
        done = subprocess.run(["sh", "-c", enter, "sh", *group.doors], capture_output=True, check=True)
        assert done.stdout
        assert group.exceeded() == ()
        forks = "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 1 & done"
        enter = f'for door in "$@"; do echo 0 > "$door"; done; {forks}; kill $(jobs -p); exit 0'
        subprocess.run(["sh", "-c", enter, "sh", *group.doors], capture_output=True, check=False)
        if "pids" in groups.parents:
            assert group.exceeded() == ("processes",)
    assert [folder for folder in folders if folder.exists()] == []


def test_what_a_killed_engine_left_is_removed_by_the_next(groups: Cgroups) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = [parent / f"rung-{gone.pid}-1-0" for parent in groups.parents.values()]
    own = [parent / f"rung-{os.getpid()}-{cgroups._start_time(os.getpid())}-mine" for parent in groups.parents.values()]
    for folder in (*left, *own):
        folder.mkdir()
    try:
        find_cgroups()
        assert [folder for folder in left if folder.exists()] == []
        assert [folder for folder in own if not folder.exists()] == []
    finally:
        for folder in own:
            folder.rmdir()


def test_a_group_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"), Cgroups("cgroup v1", {"pids": tmp_path / "no"}).group(LIMITS):
        pass
