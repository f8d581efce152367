"""Has a project's own tool declare a package, in a copy of the project's manifests, without any network.

Run in the project's root by whatever Python (3.8 or later) is there, with one argument: a JSON object with ``tool``
(``cargo``, ``go``, ``npm``), ``folder`` (of the manifest; ``""`` for the root), ``name`` (of the package; ``""`` where
only the lock file is behind), ``group`` (``""``, ``dev``, ``build``) and ``features``. Prints one JSON object:
``texts`` (file -> new text of each manifest and lock file that was there and is different now), or ``why`` (one line).

Nothing is written in the project. A tool may use what is installed, cached or vendored, and nothing else.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MANIFESTS = frozenset(
    [
        "Cargo.toml",
        "Cargo.lock",
        "go.mod",
        "go.sum",
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "pnpm-workspace.yaml",
    ]
)
LINKED = frozenset(["vendor"])
LEFT = frozenset([".git", "node_modules", "target", "__pycache__", ".venv"])
MOST = 50_000
SECONDS = 100
OFFLINE = {
    "CARGO_NET_OFFLINE": "true",
    "GOPROXY": "off",
    "GOSUMDB": "off",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "-mod=mod",
    "GOWORK": "off",
    "npm_config_offline": "true",
    "npm_config_update_notifier": "false",
}
"""The checksum database is of the network too: what is in Go's cache was compared with it when it came there."""


class _RefusedError(Exception):
    """Why nothing can be declared, one line."""


def mirror(root: Path, copy: Path) -> None:
    """The folders of ``root`` in ``copy``, with copies of manifests and links to all other files."""
    count = 0
    for folder, folders, files in os.walk(root):
        here = copy / Path(folder).relative_to(root)
        here.mkdir(parents=True, exist_ok=True)
        for name in [*files, *LINKED.intersection(folders)]:
            count += 1
            place(Path(folder, name), here / name)
        folders[:] = [name for name in folders if name not in LEFT | LINKED]
        if count > MOST:
            raise _RefusedError("the project has too many files")


def place(path: Path, copy: Path) -> None:
    """A copy of a manifest, a link to anything else."""
    if path.name in MANIFESTS and path.is_file():
        copy.write_bytes(path.read_bytes())
    else:
        copy.symlink_to(path.resolve())


def changed(root: Path, copy: Path) -> "dict[str, str]":
    """The manifests of ``root`` that are different in ``copy``, by name, with their new text."""
    found = {}
    for folder, folders, files in os.walk(copy):
        folders[:] = [name for name in folders if name not in LEFT | LINKED]
        for name in MANIFESTS.intersection(files):
            file = Path(folder, name).relative_to(copy)
            old, new = read(root / file), read(copy / file)
            if old is not None and new is not None and old != new:
                found[file.as_posix()] = new
    return found


def read(path: Path) -> "str | None":
    """The text of a file, line ends as they are; ``None`` where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def run(argv: "list[str]", folder: Path) -> str:
    """What a tool prints to standard output.

    Raises:
        _RefusedError: it is missing, takes too long, or fails; with the line in which it says so.
    """
    env = {**os.environ, **OFFLINE}
    try:
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise _RefusedError(argv[0] + " is missing") from None
    except subprocess.TimeoutExpired:
        raise _RefusedError(argv[0] + " comes to no end") from None
    if done.returncode:
        raise _RefusedError(reason(done.stderr))
    return done.stdout


def reason(said: str) -> str:
    """The line of an error that says what is wrong; npm's would name the address that it did not ask."""
    if "ENOTCACHED" in said:
        return "it is neither installed nor cached"
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it fails"]
    told = next((line for line in lines if line.startswith(("error: ", "npm error ", "go: "))), lines[-1])
    return re.sub("^(error: |npm error |go: )", "", told)


def cargo(folder: Path, request: "dict[str, str]") -> None:
    """``cargo add``, which takes a member of the workspace, a vendored crate or the newest cached one.

    Code writes ``_`` where the name of a crate may have ``-``; only an index of a registry knows both.
    """
    argv = ["cargo", "add", "--offline", "--quiet"]
    argv += ["--" + request["group"]] if request["group"] else []
    argv += ["--features", request["features"]] if request["features"] else []
    try:
        run([*argv, "--", request["name"]], folder)
    except _RefusedError:
        if "_" not in request["name"]:
            raise
        run([*argv, "--", request["name"].replace("_", "-")], folder)
    run(["cargo", "metadata", "--offline", "--format-version", "1"], folder)


def go(folder: Path, request: "dict[str, str]") -> None:
    """The newest cached version of the module that has the package; then ``go list`` writes what follows from it."""
    if (folder / "vendor" / "modules.txt").exists():
        raise _RefusedError("the modules are vendored: `go mod vendor` is needed too, and that is a person's to run")
    if not (folder / "go.sum").exists():
        raise _RefusedError("there is no go.sum beside go.mod: `go mod tidy` makes one")
    if request["name"]:
        run(["go", "mod", "edit", "-require=" + newest(request["name"], folder)], folder)
    run(["go", "list", "-deps", "-test", "./..."], folder)


def newest(package: str, folder: Path) -> str:
    """``MODULE@VERSION``, the longest path before the newest version."""
    cache = Path(run(["go", "env", "GOMODCACHE"], folder).strip(), "cache", "download")
    parts = package.split("/")
    for count in range(len(parts), 0, -1):
        module = "/".join(parts[:count])
        escaped = re.sub("[A-Z]", lambda match: "!" + match[0].lower(), module)
        versions = [path.name[: -len(".zip")] for path in (cache / escaped / "@v").glob("*.zip")]
        if versions:
            return module + "@" + max(versions, key=order)
    raise _RefusedError("it is in no module that is cached")


def order(version: str) -> "tuple[list[int], bool, str]":
    """Versions as semver has them, for those that differ in more than the words of a pre-release."""
    numbers, dash, words = version.partition("+")[0].lstrip("v").partition("-")
    return [int(part) for part in numbers.split(".") if part.isdigit()], not dash, words


def npm(folder: Path, request: "dict[str, str]") -> None:
    """The version that is installed, of a workspace or locked; where there is none, the newest cached one."""
    name, is_dev = request["name"], request["group"] == "dev"
    if Path("yarn.lock").exists():
        raise _RefusedError("only yarn writes yarn.lock: `yarn add " + name + "`")
    version = installed(name, Path(request["folder"]))
    if version:
        declare(folder / "package.json", name=name, version="^" + version, is_dev=is_dev)
    quiet = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--package-lock-only"]
    if Path("pnpm-lock.yaml").exists():
        if not version:
            raise _RefusedError("it is not installed")
        run(["pnpm", "install", "--lockfile-only", "--offline", "--ignore-scripts"], folder)
    elif not version:
        run(["npm", "install", *quiet, "--save-dev" if is_dev else "--save", "--", name], folder)
    elif Path("package-lock.json").exists() or Path("npm-shrinkwrap.json").exists():
        run(["npm", "install", *quiet], folder)


def installed(name: str, folder: Path) -> str:
    """The version in ``node_modules`` here or above, of a workspace, or in the lock file; ``""`` for none."""
    places = [place / "node_modules" / name for place in (folder, *folder.parents)]
    for place in places:
        if version := version_of(table(place / "package.json")):
            return version
    for inner, folders, files in os.walk("."):
        folders[:] = [one for one in folders if one not in LEFT]
        known = table(Path(inner, "package.json")) if "package.json" in files else {}
        if known.get("name") == name and version_of(known):
            return version_of(known)
    packages = table(Path("package-lock.json")).get("packages")
    return version_of(packages.get("node_modules/" + name)) if isinstance(packages, dict) else ""


def version_of(known: object) -> str:
    """What a package's description says; ``""`` where it is none."""
    version = known.get("version") if isinstance(known, dict) else None
    return version if isinstance(version, str) else ""


def table(path: Path) -> "dict[str, object]":
    """A JSON object; an empty one where there is none."""
    try:
        found = json.loads(read(path) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def declare(path: Path, *, name: str, version: str, is_dev: bool) -> None:
    """Add the package to ``package.json`` as npm does: by name, with the indentation and the line end of the file."""
    text = read(path) or "{}"
    document = table(path)
    section = "devDependencies" if is_dev else "dependencies"
    old = document.get(section)
    known = {**(old if isinstance(old, dict) else {}), name: version}
    document[section] = {key: known[key] for key in sorted(known)}
    indent = re.search(r"^([ \t]+)\"", text, re.MULTILINE)
    new = json.dumps(document, indent=indent[1] if indent else 2, ensure_ascii=False)
    path.write_bytes((new + text[len(text.rstrip()) :]).encode())


TOOLS = {"cargo": cargo, "go": go, "npm": npm}


def main() -> None:
    """See the module."""
    request = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        root, copy = Path(), Path(scratch)
        try:
            mirror(root, copy)
            TOOLS[request["tool"]](copy / request["folder"], request)
            answer = json.dumps({"texts": changed(root, copy)})
        except _RefusedError as error:
            answer = json.dumps({"why": str(error)})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
