"""Which packages the findings say are missing, and for which manifest."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.fixers.datafile import data

_CRATE = re.compile(
    r"(?:use of (?:undeclared crate or module|unresolved module or unlinked crate)|can't find crate for) `(\w+)`"
)
_GATED = re.compile(r"the item is gated behind the `([\w-]+)` feature")
_PATH = re.compile(r"unresolved imports? `(?:::)?(\w+)::|`(\w+)::\S*`|in crate `(\w+)`|/([\w-]+?)-\d[\w.+-]*/src/")
_MODULE = re.compile(r"(?:no required module provides|cannot find module providing) package ([\w.~/-]+)")
_SUM = re.compile(r"missing go\.sum entry")
_NODE = re.compile(r"Cannot find (?:module|package) ['\"]([^'\"]+)['\"]|Can't resolve '([^']+)'")
_IMPORTER = re.compile(r"imported from (\S+)$")
_TYPES = re.compile(r"`npm i --save-dev (@types/[\w.-]+)`")
_NAME = re.compile(r"(?:@[a-z0-9~][\w.~-]*/)?[A-Za-z0-9~][\w.~-]*")
_OF_RUST = frozenset(["crate", "self", "super", "std", "core", "alloc", "proc_macro", "test"])
_OF_NODE = frozenset(str(data("node")["builtins"]).split())
_DEV_RUST = re.compile(r"^(?:tests|benches|examples)/")
_DEV_NODE = re.compile(r"(?:^|/)(?:tests?|__tests__)/|\.(?:test|spec)\.\w+$|^[\w.-]+\.config\.\w+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A package that a manifest lacks.

    Attributes:
        tool: which writes the manifest.
        folder: the manifest's; ``""`` for the root.
        name: as the tool is given it; ``""`` where only the lock file is behind.
        group: ``dev`` or ``build`` where it is needed only there, else ``""``.
        features: of the package, separated by commas.
    """

    tool: str
    folder: str
    name: str
    group: str = ""
    features: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Files that end in ``suffixes`` belong to the nearest ``manifest``; ``read`` finds what a message asks for."""

    tool: str
    manifest: str
    suffixes: tuple[str, ...]
    read: Callable[[str, str], Iterator[tuple[str, str, str]]]


def wanted(diagnosis: Diagnosis) -> Mapping[Want, Finding]:
    """Every package that is asked for, with the first finding that does."""
    found: dict[Want, Finding] = {}
    for finding in diagnosis.findings:
        for kind in _KINDS:
            file = finding.file or _importer(finding.message, diagnosis.texts)
            folder = _home(file, kind.manifest, texts=diagnosis.texts)
            if file.endswith(kind.suffixes) and folder is not None:
                inner = file[len(folder) :].lstrip("/")
                for name, group, features in kind.read(f"{finding.message}\n{finding.detail}", inner):
                    want = Want(tool=kind.tool, folder=folder, name=name, group=group, features=features)
                    found.setdefault(want, finding)
    return found


def _importer(message: str, texts: Mapping[str, str]) -> str:
    """The file that Node's ECMAScript loader names in its message alone."""
    match = _IMPORTER.search(message)
    known = [file for file in texts if match[1].endswith(f"/{file}")] if match else []
    return max(known, key=len, default="")


def _home(file: str, manifest: str, *, texts: Mapping[str, str]) -> str | None:
    """The nearest folder above ``file`` that holds ``manifest``."""
    folder = file
    while folder:
        folder = folder.rpartition("/")[0]
        if (f"{folder}/{manifest}" if folder else manifest) in texts:
            return folder
    return None


def _of_rust(text: str, file: str) -> Iterator[tuple[str, str, str]]:
    group = "build" if file == "build.rs" else "dev" if _DEV_RUST.match(file) else ""
    for name in dict.fromkeys(_CRATE.findall(text)):
        if name not in _OF_RUST:
            yield name, group, ""
    gated = _GATED.search(text)
    crate = _PATH.search(text) if gated else None
    name = next((part for part in crate.groups() if part), "") if crate else ""
    if gated and name and name not in _OF_RUST:
        yield name, group, gated[1]


def _of_go(text: str, file: str) -> Iterator[tuple[str, str, str]]:
    del file
    if match := _MODULE.search(text):
        yield match[1].rstrip("."), "", ""
    elif _SUM.search(text):
        yield "", "", ""


def _of_node(text: str, file: str) -> Iterator[tuple[str, str, str]]:
    group = "dev" if _DEV_NODE.search(file) else ""
    if match := _TYPES.search(text):
        yield match[1], "dev", ""
    elif match := _NODE.search(text):
        name = package_of(match[1] or match[2])
        if name:
            yield name, group, ""


def package_of(specifier: str) -> str:
    """The package that an import names; ``""`` for a file, a builtin module, or what can be no name of a package."""
    parts = specifier.split("/")
    name = "/".join(parts[: 2 if specifier.startswith("@") else 1])
    return name if _NAME.fullmatch(name) and name not in _OF_NODE else ""


_KINDS: Sequence[_Kind] = (
    _Kind("cargo", "Cargo.toml", (".rs",), _of_rust),
    _Kind("go", "go.mod", (".go",), _of_go),
    _Kind("npm", "package.json", (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), _of_node),
)
