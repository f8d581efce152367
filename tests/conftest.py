"""What every test gets: a clean environment, no network, bounded random search."""

import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("soak", settings.get_profile("default"), max_examples=10_000)
settings.load_profile("default")  # `make soak` chooses the other one with --hypothesis-profile

RECORDED_DATA = os.environ.get("RUNG_DATA", "")
FOREIGN_PREFIXES = ("RUNG_", "XDG_", "GIT_", "GITHUB_", "PYTEST_ADDOPTS")
FOREIGN_NAMES = ("CI", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TTY_COMPATIBLE")
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The one event loop that Rung runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Endless fresh home folders, so that no test finds what another one left."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, _homes: Iterator[Path]) -> Path:
    """Nothing of the developer's own settings reaches a test; returns the home folder that it sees instead."""
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
            monkeypatch.delenv(name)
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A connection that would leave this machine fails the test that asks for it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            assert str(address[0]).startswith(LOOPBACK), f"a test tried to reach {address[0]}"
        connect(self, address)  # type: ignore[arg-type]  # typeshed names no type for "any address"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def recorded_data() -> Path:
    """The folder of recorded data that `make accept` replays."""
    if not RECORDED_DATA:
        pytest.fail("set RUNG_DATA to the folder of recorded data (or: make accept DATA=DIR)")
    return Path(RECORDED_DATA)
