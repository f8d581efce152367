"""Finds what has to be seen inside a sandbox for a tool to work: the roots of its toolchain, and its caches."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.domain.sandbox import Bind, Overlay

__all__ = ["TOOLCHAINS", "Toolchain", "find_toolchain"]

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/nix/store", "/gnu/store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """What one tool needs. Nothing of it holds credentials: those files are left out by name.

    Attributes:
        roots: to be bound read-only; none that every sandbox has anyway.
        caches: to be overlaid: the tool writes to them.
        variables: where the tool finds them, because its home folder inside is another one.
    """

    roots: tuple[Bind, ...] = ()
    caches: tuple[Overlay, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def find_toolchain(tool: str, env: Mapping[str, str]) -> Toolchain | None:
    """What ``tool``, as found on the ``PATH`` of ``env``, needs; ``None`` where it is not installed.

    A tool that has no row in :data:`TOOLCHAINS` needs the folder above the ``bin`` that really holds it.
    """
    found = shutil.which(tool, path=env.get("PATH", os.defpath))
    return TOOLCHAINS.get(tool, _any_tool)(Path(found), env) if found else None


def _any_tool(program: Path, env: Mapping[str, str]) -> Toolchain:
    del env
    return Toolchain(roots=_binds((program, *_prefixes(program))))


def _python(program: Path, env: Mapping[str, str]) -> Toolchain:
    """The interpreter's own prefix; of a virtual environment that and the one it was made from; of a shim, pyenv."""
    roots = [*_prefixes(program), *_shim_root(program)]
    settings = program.parent.parent / "pyvenv.cfg"
    if settings.is_file():
        roots.append(program.parent.parent)
        for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                roots += [Path(value.strip()).parent, *_prefixes(Path(value.strip(), "python3"))]
    cache = {"PIP_CACHE_DIR": _in_home(env, "PIP_CACHE_DIR", default=".cache/pip")}
    return Toolchain(roots=_binds(roots), caches=_overlays(cache.values()), variables=_there(cache))


def _node(program: Path, env: Mapping[str, str]) -> Toolchain:
    cache = {"npm_config_cache": _in_home(env, "npm_config_cache", default=".npm")}
    return Toolchain(
        roots=_binds((program, *_prefixes(program))), caches=_overlays(cache.values()), variables=_there(cache)
    )


def _cargo(program: Path, env: Mapping[str, str]) -> Toolchain:
    """A distribution's, or rustup's: then its toolchains, the proxies in CARGO_HOME, and what was downloaded."""
    cargo, rustup = _in_home(env, "CARGO_HOME", default=".cargo"), _in_home(env, "RUSTUP_HOME", default=".rustup")
    caches = _overlays((cargo / "registry", cargo / "git"))
    if not program.is_relative_to(cargo):
        return Toolchain(roots=_binds(_prefixes(program)), caches=caches, variables=_there({"CARGO_HOME": cargo}))
    # The proxies want to make the last one where it is missing.
    rustups = (rustup / name for name in ("toolchains", "settings.toml", "update-hashes"))
    roots = _binds((cargo / "bin", *rustups))
    return Toolchain(roots=roots, caches=caches, variables={"CARGO_HOME": str(cargo), "RUSTUP_HOME": str(rustup)})


def _go(program: Path, env: Mapping[str, str]) -> Toolchain:
    path = Path((env.get("GOPATH") or str(_in_home(env, "", default="go"))).split(os.pathsep)[0])
    caches = {
        "GOMODCACHE": Path(env.get("GOMODCACHE") or path / "pkg" / "mod"),
        "GOCACHE": _in_home(env, "GOCACHE", default=".cache/go-build"),
    }
    return Toolchain(
        roots=_binds((*_prefixes(program), path / "bin")), caches=_overlays(caches.values()), variables=_there(caches)
    )


def _java(program: Path, env: Mapping[str, str]) -> Toolchain:
    """The JDK, and those of its files that a distribution keeps in /etc."""
    del env
    home = program.resolve().parent.parent
    settings = {link.resolve() for link in (home / "conf", home / "lib" / "security") if link.is_symlink()}
    settings |= {link.resolve().parent for link in home.glob("**/*.properties") if link.is_symlink()}
    folders = [Path(*path.parts[:3]) for path in settings if path.is_relative_to("/etc") and len(path.parts) > 2]  # noqa: PLR2004 - /etc/x
    return Toolchain(roots=_binds((*_prefixes(program), *sorted(set(folders)))), variables={"JAVA_HOME": str(home)})


def _maven(program: Path, env: Mapping[str, str]) -> Toolchain:
    """With a JDK, and the repository of artefacts, but not the user's ``settings.xml``, which may hold passwords."""
    jdk = find_toolchain("java", env) or Toolchain()
    repository = _in_home(env, "", default=".m2/repository")
    option = f"-Dmaven.repo.local={repository}" if repository.is_dir() else ""
    settings = (link.resolve().parent for link in (program.resolve().parent.parent / "conf").glob("*"))
    etc = sorted({path for path in settings if path.is_relative_to("/etc/maven")})
    return Toolchain(
        roots=(*jdk.roots, *_binds((*_prefixes(program), *etc))),
        caches=_overlays([repository]),
        variables={**jdk.variables, "MAVEN_OPTS": " ".join(filter(None, (env.get("MAVEN_OPTS"), option)))},
    )


TOOLCHAINS: Mapping[str, Callable[[Path, Mapping[str, str]], Toolchain]] = {
    **dict.fromkeys(("python", "python3", "pip", "pip3", "pytest", "ruff", "mypy", "uv"), _python),
    **dict.fromkeys(("node", "npm", "npx", "corepack"), _node),
    **dict.fromkeys(("cargo", "rustc", "rustfmt", "clippy-driver"), _cargo),
    **dict.fromkeys(("go", "gofmt"), _go),
    **dict.fromkeys(("java", "javac"), _java),
    **dict.fromkeys(("mvn",), _maven),
}
"""Tool -> what finds its toolchain. Compilers such as gcc need no row: they lie under /usr, or in one prefix."""


def _prefixes(program: Path) -> tuple[Path, ...]:
    """The folder above the ``bin`` that really holds ``program``, where it is no shim and no system folder."""
    real = program.resolve()
    return (real.parent.parent,) if real.parent.name in ("bin", "sbin") else (real.parent,)


def _shim_root(program: Path) -> tuple[Path, ...]:
    return (program.parent.parent,) if program.parent.name == "shims" else ()


def _in_home(env: Mapping[str, str], variable: str, *, default: str) -> Path:
    return Path(env.get(variable) or Path(env.get("HOME") or Path.home(), default))


def _binds(paths: Iterable[Path]) -> tuple[Bind, ...]:
    """Those that exist and are no part of the system, each once and none inside another one."""
    wanted = sorted({path for path in paths if path.exists() and not _is_system(path)})
    outer = [path for path in wanted if not any(parent in wanted for parent in path.parents)]
    return tuple(Bind(str(path)) for path in outer)


def _overlays(paths: Iterable[Path]) -> tuple[Overlay, ...]:
    return tuple(Overlay(lower=str(path)) for path in paths if path.is_dir())


def _there(paths: Mapping[str, Path]) -> dict[str, str]:
    """Variables for the folders that exist; for another one the tool's default in its new home is the better place."""
    return {name: str(path) for name, path in paths.items() if path.is_dir()}


def _is_system(path: Path) -> bool:
    return path == Path("/") or any(path.is_relative_to(place) for place in _SYSTEM)
