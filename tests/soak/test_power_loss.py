"""Power loss: what a disk holds at a moment is a copy of a file system's image; nothing acknowledged may be missing."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.domain.events import NodeStarted
from orchestrator.journal.reader import read

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1_200)]

APPENDER = Path(__file__).parents[1] / "cases" / "journal" / "appender.py"
TOOLS = ("mkfs.ext4", "mount", "umount")
STORE = Path("runs", "r1")
FAR_AWAY = 600
"""Seconds until the file system would write by itself: only what is flushed is in its image."""

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, TOOLS)), reason="only root may mount an image of a file system"
)


@contextmanager
def mounted(image: Path) -> Iterator[Path]:
    place = image.with_suffix(".mounted")
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", f"loop,commit={FAR_AWAY}", str(image), str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


@contextmanager
def appending(folder: Path, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, str(APPENDER), "append", str(folder / STORE), "inf", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def freeze(process: "subprocess.Popen[bytes]", lines: int) -> int:
    """Stop ``process`` after so many more acknowledgements at least. Returns the last acknowledged number."""
    assert process.stdout
    heard = b"".join(process.stdout.readline() for _ in range(lines))
    assert b"error" not in heard, heard
    os.kill(process.pid, signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    os.set_blocking(process.stdout.fileno(), False)
    heard += process.stdout.read() or b""
    os.set_blocking(process.stdout.fileno(), True)
    return max(map(int, re.findall(rb"acknowledged (\d+)\n", heard)))


def lost_in_copies(folder: Path, *options: str, copies: int) -> list[int]:
    """For each copy of the image, how many acknowledged events are not in it."""
    image = folder / "disk.image"
    image.touch()
    os.truncate(image, 32 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    chance = random.Random(5)
    lost = []
    with mounted(image) as disk, appending(disk, *options) as process:
        for number in range(copies):
            copy = folder / f"copy-{number}.image"
            acknowledged = freeze(process, chance.randint(1, 30))
            shutil.copyfile(image, copy)
            with mounted(copy) as after_the_loss:
                events = [one.event for one in read(after_the_loss / STORE)]
            assert events == [NodeStarted(float(n), f"node-{n}", n) for n in range(1, len(events) + 1)]  # type: ignore[arg-type]  # ids are strings
            copy.unlink()
            process.send_signal(signal.SIGCONT)
            lost.append(max(0, acknowledged - len(events)))
    return lost


@needs_root
def test_a_loss_of_power_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert set(lost_in_copies(tmp_path, copies=200)) == {0}


@needs_root
def test_the_rig_sees_what_is_lost_where_nothing_is_flushed(tmp_path: Path) -> None:
    assert max(lost_in_copies(tmp_path, "relaxed", copies=10)) > 0
