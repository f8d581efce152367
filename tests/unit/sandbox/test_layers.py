"""Overlays: what is written to one is kept as whole files, wherever it lies and whatever the host's defaults are."""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import Overlay, SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner, layers
from orchestrator.sandbox.layers import fault_of_overlays, make_layers, overlay_prologue
from tests.unit.sandbox.attack.ground import IS_ROOT, MOUNT, PATH

pytestmark = pytest.mark.anyio

WORK = "mv folder moved && chmod 600 big && echo more >> moved/file"


def lower(folder: Path) -> Path:
    (folder / "folder").mkdir(parents=True)
    (folder / "folder" / "file").write_text("one\n")
    (folder / "big").write_bytes(b"x" * 100_000)
    return folder


def overlaid(base: Path, kept: Path) -> SandboxPolicy:
    kept.mkdir()
    policy = SandboxPolicy(tree="", mount=MOUNT, overlays=(Overlay(lower=str(base), target=MOUNT, kept=str(kept)),))
    try:
        str(SandboxRunner(policy).record)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    return policy


async def worked(policy: SandboxPolicy, script: str) -> str:
    result = await SandboxRunner(policy).run(Command(argv=("sh", "-ec", script), cwd=MOUNT, env={"PATH": PATH}))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def marks(folder: Path) -> set[str]:
    """The overlay's own notes on files: that they stand for something in the lower layer."""
    noted = {name for path in folder.rglob("*") for name in os.listxattr(path, follow_symlinks=False)}
    return {name.rpartition(".")[2] for name in noted} & {"redirect", "metacopy"}


async def test_what_is_kept_refers_to_nothing_of_the_lower_layer(tmp_path: Path) -> None:
    policy = overlaid(lower(tmp_path / "base"), tmp_path / "kept")
    await worked(policy, WORK)
    upper = tmp_path / "kept" / "upper"
    assert (upper / "moved" / "file").read_text() == "one\nmore\n"
    assert (upper / "big").stat().st_blocks * 512 >= 100_000
    assert marks(upper) == set()
    if IS_ROOT:
        assert marks(plainly_mounted(tmp_path)) == {"redirect", "metacopy"}


def plainly_mounted(folder: Path) -> Path:
    """The control: the same with what a host may have as its default; its upper layer."""
    lower(folder / "other")
    for name in ("upper", "work", "merged"):
        (folder / name).mkdir()
    options = "lowerdir=other,upperdir=upper,workdir=work,redirect_dir=on,metacopy=on"
    script = f"mount -t overlay -o {options} x merged; cd merged; {WORK.rpartition(' && ')[0]}"
    subprocess.run(("unshare", "--mount", "sh", "-ec", script), cwd=folder, check=True, capture_output=True)
    return folder / "upper"


NAMES = ("two words", "a:b,c=d", "#x", "tab\tx", "line\nx", "back\\slash\\040", "caf\u00e9 \udcff")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_a_layer_may_have_any_name(tmp_path: Path, name: str) -> None:
    policy = overlaid(lower(tmp_path / name), tmp_path / f"kept {name}")
    assert await worked(policy, "cat folder/file; echo new > new") == "one\n"
    assert (tmp_path / f"kept {name}" / "upper" / "new").read_text() == "new\n"
    assert not (tmp_path / name / "new").exists()


async def test_many_overlays_lie_beside_each_other(tmp_path: Path) -> None:
    policy = overlaid(lower(tmp_path / "base"), tmp_path / "kept")
    caches = tuple(Overlay(lower=str(lower(tmp_path / str(number))), target=f"/opt/{number}") for number in range(6))
    policy = SandboxPolicy(tree="", mount=MOUNT, overlays=(*policy.overlays, *caches))
    script = "for n in 0 1 2 3 4 5; do echo $n > /opt/$n/folder/file; done; cat /opt/*/folder/file folder/file"
    assert await worked(policy, script) == "0\n1\n2\n3\n4\n5\none\n"
    assert {(tmp_path / str(number) / "folder" / "file").read_text() for number in range(6)} == {"one\n"}


def test_a_setting_that_the_kernel_does_not_know_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_PARAMETERS", tmp_path)
    (tmp_path / "redirect_dir").touch()
    words, _ = overlay_prologue([Overlay(lower="/srv")], scratch_bytes=1)
    assert "redirect_dir=nofollow" in words[-1]
    assert "metacopy" not in words[-1]


def test_a_layer_that_cannot_be_made_is_a_fault_in_one_line(tmp_path: Path) -> None:
    gone = Overlay(lower=str(tmp_path), kept=str(tmp_path / "no" / "such"))
    with pytest.raises(FileNotFoundError):
        make_layers([gone])
    assert "No such file" in fault_of_overlays([gone])
