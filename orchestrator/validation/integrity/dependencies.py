"""Rules over what a project is given from outside: new packages, and what installing them runs."""

import re
from collections.abc import Iterator

from orchestrator.validation.integrity.flatten import Flat, flattened
from orchestrator.validation.integrity.patterns import joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["dependency_added", "install_script", "lock_changed"]

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in)|constraints[\w.-]*\.txt)$"
)
_LOCKS = re.compile(
    r"(?:^|/)(?:uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock"
    r"|pnpm-lock\.yaml|bun\.lockb?"
    r"|Cargo\.lock|go\.sum|gradle\.lockfile|Gemfile\.lock|composer\.lock)$"
)
_NAMED = re.compile(
    r"^(?:(?:dev|peer|optional|bundled?)?[dD]ependencies|(?:workspace\.|target\..+\.)?(?:dev-"
    r"|build-)?dependencies|tool\.poetry\.(?:group\.[\w-]+\.)?dependencies"
    r"|tool\.uv\.sources|overrides|resolutions|packages|dev-packages)\.(?P<name>[^.]+)"
)
_LISTED = re.compile(
    r"^(?:project\.dependencies|project\.optional-dependencies\.\S+|dependency-groups\.\S+|build-system\.requires"
    r"|options\.install_requires|options\.extras_require\.\S+)$"
)
_NAME = re.compile(r"\s*(?P<name>@?[\w.-]+(?:/[\w.-]+)?)")
_LINES = re.compile(
    joined(
        r"^\s*require\s+(?P<go>[\w./-]+)\s+v|^\t(?P<goline>[\w.-]+\.[\w.-]+/[\w./-]+)\s+v[\d.]+",
        r"<artifactId>\s*(?P<maven>[\w.-]+)",
        r"^\s*(?:implementation|api|compileOnly|runtimeOnly|testImplementation|annotationProcessor|classpath"
        r"|kapt)\b[\s(]*[\"'](?P<gradle>[\w.-]+:[\w.-]+)",
        r"^\s*gem\s+[\"'](?P<gem>[\w-]+)",
        r"[\"'](?P<setup>[A-Za-z][\w.-]+)(?:\s*[<>=~!]=?[^\"']*)[\"']",
        r"\b(?:FetchContent_Declare|ExternalProject_Add|CPMAddPackage)\s*\(\s*[\"']?(?P<cmake>[\w.:/-]+)",
    ),
    re.MULTILINE,
)
_LINED = re.compile(
    r"(?:^|/)(?:go\.mod|pom\.xml|[\w.-]+\.gradle(?:\.kts)?|Gemfile|setup\.py|CMakeLists\.txt|[\w.-]+\.cmake)$"
)
_SCRIPTS = re.compile(r"^scripts\.(?:pre|post)?(?:install|prepare|publish|pack|prepublishOnly|dependencies)$")
_BACKEND = re.compile(
    r"^(?:build-system\.(?:build-backend|backend-path)|package\.build|tool\.(?:poetry|pdm|hatch"
    r"|setuptools)\.(?:build|cmdclass)\S*)$"
)
_INSTALLING = re.compile(
    r"\b(?:pip3?|uv\s+pip|npm|pnpm|yarn|cargo|go|gem|apt(?:-get)?|brew)\s+(?:-\S+\s+)*(?:install|add|i"
    r"|get)\s+[^-\s\"'.]\S*|\b(?:curl|wget)\b[^\n|]*\|\s*(?:ba)?sh\b"
)


def dependency_added(looked: Looked) -> Iterator[Hit]:
    """A package that the base did not name."""
    old, new = _packages(looked.path, looked.change.before or ""), _packages(looked.path, looked.change.after or "")
    for name in sorted(new - old):
        index = next(
            (i for i in sorted(looked.added) if name.lower() in looked.line(i).lower().replace("_", "-")), None
        )
        yield looked.hit(index, name) if index is not None else Hit(0, name, name)
    yield from looked.risen(_INSTALLING, "told")


def install_script(looked: Looked) -> Iterator[Hit]:
    """What a package manager or a build runs by itself is new or another."""
    before, after = (flattened(looked.path, side or "") or {} for side in (looked.change.before, looked.change.after))
    for key in after:
        if (_SCRIPTS.match(key) or _BACKEND.match(key)) and after[key] != before.get(key):
            word = key.rpartition(".")[2]
            yield looked.hit(next((i for i in sorted(looked.added) if word in looked.line(i)), 0), key)
    if re.search(r"(?:^|/)setup\.py$", looked.path):
        yield from looked.risen(
            re.compile(r"\bcmdclass\b|\b(?:os\.system|subprocess\.\w+|exec|eval|urlopen)\("), "code"
        )
    if looked.path.rpartition("/")[2] in {"build.rs", "setup.py", "binding.gyp"} and looked.change.before is None:
        yield Hit(1, looked.path)


def lock_changed(looked: Looked) -> Iterator[Hit]:
    """A lock file is another one."""
    if _LOCKS.search(looked.path):
        yield Hit(0, looked.path)


def _packages(path: str, text: str) -> frozenset[str]:
    found: set[str] = set()
    if _LOCKS.search(path):
        return frozenset()
    if _REQUIREMENTS.search(path):
        found.update(_name(line) for line in text.splitlines() if line.strip()[:1] not in {"", "#"})
    elif _LINED.search(path):
        found.update(next(name for name in match.groups() if name) for match in _LINES.finditer(text))
    else:
        found.update(_from_keys(flattened(path, text) or {}))
    return frozenset(name.lower().replace("_", "-") for name in found if name and name != "python")


def _from_keys(flat: Flat) -> Iterator[str]:
    for key, value in flat.items():
        named = _NAMED.match(key)
        if named:
            yield named["name"]
        elif _LISTED.match(key):
            yield from (_name(item) for item in (value if isinstance(value, list) else str(value).split()))


def _name(line: str) -> str:
    match = _NAME.match(line)
    return match["name"] if match else line.strip()
