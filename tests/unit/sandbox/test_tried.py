"""A sandbox is tried once for all trees; what is different enough is tried anew, and so is what did not work."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.sandbox import GitView, Limits, Overlay, SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner, means, probe
from orchestrator.sandbox.cgroups import Cgroups
from orchestrator.sandbox.launcher import Launcher
from orchestrator.sandbox.tried import Tried, find_cgroups, identity
from tests.unit.sandbox.attack.ground import MOUNT


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of the launcher of each sandbox that is really tried."""
    made: list[str] = []

    def counted(launcher: Launcher, fds: tuple[int, ...] = ()) -> str:
        made.append(launcher.name)
        return probe(launcher, fds)

    monkeypatch.setattr(means, "probe", counted)
    return made


@pytest.fixture
def policy(tmp_path: Path) -> SandboxPolicy:
    (tmp_path / "tree").mkdir()
    made = SandboxPolicy(tree=str(tmp_path / "tree"), mount=f"{MOUNT}-{tmp_path.name}")
    try:
        str(SandboxRunner(replace(made, limits=Limits(processes=101))).record)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    return made


def test_another_tree_of_the_same_policy_is_not_tried_again(
    policy: SandboxPolicy, tmp_path: Path, tries: list[str]
) -> None:
    (tmp_path / "other").mkdir()
    git = GitView(head="0" * 40, objects=(str(tmp_path / "other"),))
    for same in (policy, policy, replace(policy, tree=str(tmp_path / "other")), replace(policy, git=git)):
        assert SandboxRunner(same).record.launcher.startswith("bubblewrap ")
    assert tries == ["sandbox"]


def test_what_may_work_differently_is_tried(policy: SandboxPolicy, tmp_path: Path, tries: list[str]) -> None:
    changes = (
        policy,
        replace(policy, network="all"),
        replace(policy, limits=Limits(processes=100)),
        replace(policy, mount=f"{policy.mount}-2"),
        replace(policy, overlays=(Overlay(lower=str(tmp_path), target="/opt/cache"),)),
    )
    for changed in changes:
        str(SandboxRunner(changed).record)
    assert len(tries) == len(changes)


def test_another_bubblewrap_is_tried_and_one_that_is_gone_is_missed(
    policy: SandboxPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: list[str]
) -> None:
    str(SandboxRunner(policy).record)
    copy = tmp_path / "bwrap"
    copy.write_bytes(Path(identity()[0]).read_bytes())
    copy.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    str(SandboxRunner(policy).record)
    assert len(tries) == 2
    copy.unlink()
    with pytest.raises(SandboxUnavailableError, match="not installed"):
        str(SandboxRunner(policy).record)


def test_what_did_not_work_is_tried_again() -> None:
    answers = iter(["no room", "", "never asked"])
    tried = Tried()
    assert [tried.fault("key", lambda: next(answers)) for _ in range(4)] == ["no room", "", "", ""]


def test_control_groups_are_looked_for_once_where_the_process_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    own = find_cgroups()
    assert find_cgroups() is own
    monkeypatch.setattr("orchestrator.sandbox.tried._OWN_GROUPS", Path("/no/such/file"))
    assert find_cgroups() == Cgroups()
