"""Fetches published packages with the tools of their ecosystems, as these are configured, and makes projects of them.

Each ecosystem knows how to fetch the sources of a package, and how to bring in beforehand what its tests need: what a
person does once after cloning. Scripts of packages are not run; a source distribution of Python builds its metadata.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.published.catalogue import Package

__all__ = ["ECOSYSTEMS", "Ecosystem", "FetchError", "project"]

_SECONDS = 300


class FetchError(Exception):
    """A package cannot be had here: no tool, no network, or not what the lock file says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecosystem:
    """How one ecosystem's packages are had.

    Attributes:
        language: for tables.
        tools: the programs that have to be there.
        fetch: puts the sources into ``folder / "project"``, which it makes; returns their digest.
        prepare: brings in what the tests need.
    """

    language: str
    tools: tuple[str, ...]
    fetch: Callable[[Package, Path], str]
    prepare: Callable[[Package, Path], None]

    def lacks(self) -> str:
        """The programs that are missing here; ``""`` for none."""
        return ", ".join(tool for tool in self.tools if shutil.which(tool) is None)


def project(package: Package, cache: Path, *, may_fetch: bool = True) -> Path:
    """The folder of the project that ``package`` is, ready to be tested; fetched once into ``cache``.

    Raises:
        FetchError: it cannot be had.
    """
    place, ecosystem = cache / package.folder, ECOSYSTEMS[package.ecosystem]
    if missing := ecosystem.lacks():
        raise FetchError(f"{missing} is not installed")
    if not (place / "project").is_dir():
        if not may_fetch:
            raise FetchError(f"{package.name} is not in the cache")
        _fill(package, place, ecosystem=ecosystem)
    return place / "project"


def _fill(package: Package, place: Path, *, ecosystem: Ecosystem) -> None:
    """Whole or not at all: what is cut off leaves nothing that looks like a project."""
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        digest = ecosystem.fetch(package, fresh)
        if package.digest and digest != package.digest:
            raise FetchError(f"{package.name} {package.version} is not what it was: {digest}")
        ecosystem.prepare(package, fresh / "project")
        (fresh / "digest").write_text(digest, encoding="ascii")
        fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run(*command: str, cwd: Path) -> str:
    done = subprocess.run(
        command, check=False, cwd=cwd, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise FetchError(f"{Path(command[0]).name} ended with {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
    return done.stdout


def _sha256(*files: Path) -> str:
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    """The one folder that a tar archive holds becomes ``folder / "project"``.

    Raises:
        FetchError: this Python (below 3.11.4) cannot unpack archives of strangers safely.
    """
    if not hasattr(tarfile, "data_filter"):
        raise FetchError("unpacking what strangers have packed needs Python 3.11.4 or newer")
    with tarfile.open(archive) as file:
        file.extractall(folder / "unpacked", filter="data")
    (top,) = (folder / "unpacked").iterdir()
    top.rename(folder / "project")


def _fetch_pypi(package: Package, folder: Path) -> str:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:")
    _run(*pip, "--dest", "down", f"{package.name}=={package.version}", cwd=folder)
    (archive,) = (folder / "down").iterdir()
    _unpack(archive, folder)
    return _sha256(archive)


def _prepare_pypi(package: Package, root: Path) -> None:
    """An environment in which the project itself is found where it lies, as after an editable installation."""
    _run(sys.executable, "-m", "venv", "--without-pip", ".venv", cwd=root)
    if package.needs:
        pip = (sys.executable, "-m", "pip", "--python", ".venv/bin/python", "install", "--quiet")
        _run(*pip, *package.needs, cwd=root)
    (packages,) = root.glob(".venv/lib/python*/site-packages")
    paths = [path for path in (root / "src", root) if path.is_dir()]
    lines = [os.path.relpath(path, packages) for path in paths]
    (packages / "project.pth").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _fetch_npm(package: Package, folder: Path) -> str:
    (folder / "down").mkdir()
    _run("npm", "pack", "--silent", "--pack-destination", "down", f"{package.name}@{package.version}", cwd=folder)
    (archive,) = (folder / "down").iterdir()
    _unpack(archive, folder)
    return _sha256(archive)


def _prepare_npm(package: Package, root: Path) -> None:
    """Only what the tests need: the development dependencies of a package bring its linters and builders, too."""
    apart = root.with_name("dependencies")
    apart.mkdir()
    (apart / "package.json").write_text('{"private": true}', encoding="utf-8")
    _run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *package.needs, cwd=apart)
    (apart / "node_modules").rename(root / "node_modules")


def _fetch_crate(package: Package, folder: Path) -> str:
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").touch()
    manifest = '[package]\nname = "fetching"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'
    (folder / "Cargo.toml").write_text(f'{manifest}{package.name} = "={package.version}"\n', encoding="utf-8")
    _run("cargo", "vendor", "--quiet", "--versioned-dirs", "vendor", cwd=folder)
    shutil.copytree(folder / "vendor" / f"{package.name}-{package.version}", folder / "project")
    (folder / "project" / ".cargo-checksum.json").unlink()
    locked = tomllib.loads((folder / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    return str(next(one["checksum"] for one in locked if one["name"] == package.name))


def _fetch_go(package: Package, folder: Path) -> str:
    told = json.loads(_run("go", "mod", "download", "-json", f"{package.name}@{package.version}", cwd=folder))
    shutil.copytree(told["Dir"], folder / "project")
    for path in (folder / "project", *(folder / "project").rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)  # the module cache is read-only
    return str(told["Sum"])


def _fetch_maven(package: Package, folder: Path) -> str:
    group, _, name = package.name.partition(":")
    copy = ("mvn", "-B", "-q", "-ntp", "dependency:copy", "-DoutputDirectory=down", "-Dmdep.stripVersion=true")
    for kind in ("pom", "jar:sources", "jar:test-sources"):
        _run(*copy, f"-Dartifact={group}:{name}:{package.version}:{kind}", cwd=folder)
    down = folder / "down"
    (folder / "project").mkdir()
    shutil.copy(down / f"{name}.pom", folder / "project" / "pom.xml")
    _unzip(down / f"{name}-sources.jar", folder / "project" / "src" / "main")
    _unzip(down / f"{name}-test-sources.jar", folder / "project" / "src" / "test")
    return _sha256(*sorted(down.iterdir()))


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            kind = "java" if name.endswith(".java") else "resources"
            if not name.startswith("META-INF/"):
                file.extract(name, folder / kind)


def _prepare_maven(package: Package, root: Path) -> None:
    """What compiling and testing need, into the local repository, by compiling and testing nothing."""
    del package
    none = ("-Dtest=*#noTestHasThisName", "-DfailIfNoTests=false", "-Dsurefire.failIfNoSpecifiedTests=false")
    _run("mvn", "-B", "-ntp", *none, "test", cwd=root)
    shutil.rmtree(root / "target", ignore_errors=True)


def _nothing(package: Package, root: Path) -> None:
    del package, root


ECOSYSTEMS: Mapping[str, Ecosystem] = {
    "pypi": Ecosystem(language="Python", tools=(), fetch=_fetch_pypi, prepare=_prepare_pypi),
    "npm": Ecosystem(language="JavaScript", tools=("node", "npm"), fetch=_fetch_npm, prepare=_prepare_npm),
    "crates": Ecosystem(language="Rust", tools=("cargo",), fetch=_fetch_crate, prepare=_nothing),
    "go": Ecosystem(language="Go", tools=("go",), fetch=_fetch_go, prepare=_nothing),
    "maven": Ecosystem(language="Java", tools=("mvn", "javac"), fetch=_fetch_maven, prepare=_prepare_maven),
}
