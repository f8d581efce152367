"""The choice is made by trying, and says why it did not take the better one."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from orchestrator.errors import IsolationError
from orchestrator.sandbox import LAUNCHERS, Launcher, LocalRunner, choose_launcher, probe
from orchestrator.sandbox.bubblewrap import Bubblewrap
from orchestrator.sandbox.choice import default_launcher
from orchestrator.sandbox.process_group import ProcessGroup
from orchestrator.sandbox.unshare import Unshare


@dataclass(frozen=True)
class Odd:
    """A launcher that puts any command line in front of the supervisor's."""

    front: tuple[str, ...]
    name: str = "odd"
    contains: bool = True

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        return (*self.front, *argv)


def test_the_ladder_is_best_first() -> None:
    assert [launcher.name for launcher in LAUNCHERS] == ["bubblewrap", "unshare", "process-group"]


def test_the_first_without_a_fault_is_taken_and_no_further_one_is_tried() -> None:
    tried: list[str] = []

    def fault(launcher: Launcher) -> str:
        tried.append(launcher.name)
        return "forbidden" if launcher.name == "bubblewrap" else ""

    assert choose_launcher(LAUNCHERS, fault) == Unshare()
    assert tried == ["bubblewrap", "unshare"]


def test_where_none_works_each_one_s_fault_is_named() -> None:
    with pytest.raises(IsolationError, match="bubblewrap: no; unshare: no; process-group: no"):
        choose_launcher(LAUNCHERS, lambda _launcher: "no")


def test_where_nothing_is_to_be_tried_that_is_said() -> None:
    with pytest.raises(IsolationError, match="nothing was tried"):
        choose_launcher(())


def test_the_last_rung_holds_everywhere() -> None:
    assert probe(ProcessGroup()) == ""


def test_the_default_is_the_best_that_works() -> None:
    assert default_launcher() == next(launcher for launcher in LAUNCHERS if not probe(launcher))
    assert LocalRunner().isolation == default_launcher().name


FAULTY: dict[str, tuple[Launcher, str]] = {
    "not installed": (Bubblewrap("no-such-bwrap"), "no-such-bwrap is not installed"),
    "not installed either": (Unshare("no-such-unshare"), "no-such-unshare is not installed"),
    "not executable": (Odd(("/etc/passwd",)), "/etc/passwd cannot be started: Permission denied"),
    "no namespace": (Odd(()), "it made no pid namespace"),
    "it fails and says why": (Odd(("sh", "-c", "echo first; echo 'not permitted' >&2; exit 1", "sh")), "not permitted"),
    "it fails silently": (Odd(("false",)), "it did not run a command to its end"),
    "it pretends to have run": (Odd(("true",)), "it did not run a command to its end"),
}


@pytest.mark.parametrize(("launcher", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_launcher_that_does_not_do_its_work_is_found_out(launcher: Launcher, fault: str) -> None:
    assert probe(launcher) == fault


def test_a_launcher_that_changes_the_user_is_found_out() -> None:
    front = ("unshare", "--user", "--map-root-user") if os.getuid() else ("setpriv", "--reuid", "65534")
    if not shutil.which(front[0]):
        pytest.skip(f"{front[0]} is not installed")
    fault = probe(Odd(front, contains=False))
    # As another user the interpreter itself may be out of reach, which is a fault as well.
    assert fault == "it changed the user" or "Permission denied" in fault or "not permitted" in fault
