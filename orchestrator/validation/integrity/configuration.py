"""Rules over the configuration of checks: what became looser, and which checks are not called any more."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from orchestrator.validation.integrity.flatten import Flat, Leaf, flattened
from orchestrator.validation.integrity.patterns import Risen, joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["check_dropped", "config_changed", "config_loosened"]

_CHECKS = re.compile(
    r"(?:^|\.)(?:tool[.:]?)?(?:pytest|ruff|mypy|pyright|pylint|flake8|coverage|report|run|bandit|isort|black"
    r"|lints?|clippy|jest|vitest"
    r"|eslintConfig|compilerOptions|rules|nyc|c8|ava|mocha|xo|profile|typeCheckingMode|thresholds?|coverageThreshold)\b"
)
"""Keys that say how strict a check is, in manifests that hold other things too."""
_WHOLE = re.compile(
    r"(?:^|/)(?:tsconfig[\w.-]*\.json|jsconfig\.json|\.eslintrc[\w.]*|biome\.jsonc?|pyrightconfig\.json"
    r"|\.?ruff\.toml|\.?mypy\.ini"
    r"|\.?pytest\.ini|pytest\.toml|tox\.ini|\.flake8|\.pylintrc|\.coveragerc|\.?clippy\.toml|deny\.toml"
    r"|\.nycrc(?:\.json)?|\.c8rc\.json"
    r"|jest\.config\.json|\.mocharc\.json|\.swiftlint\.yml|codecov\.ya?ml|\.?rustfmt\.toml)$"
)
"""Files in which every key does."""
_FILES = re.compile(
    r"(?:^|/)(?:Makefile|makefile|GNUmakefile|[jJ]ustfile|Taskfile\.ya?ml|CMakeLists\.txt|[^/]+\.(?:mk|cmake"
    r"|gradle|gradle\.kts|sh|bash|ya?ml|toml|ini|cfg)"
    r"|pom\.xml|package\.json|configure\.ac|meson\.build|tsconfig[\w.-]*\.json|Dockerfile|Jenkinsfile"
    r"|\.clang-tidy|\.eslintrc[\w.]*"
    r"|(?:eslint|jest|vitest|vite|playwright|babel|karma)\.[\w.]*\b(?:[mc]?[jt]s)|noxfile\.py|setup\.py"
    r"|fabfile\.py|tasks\.py)$"
)

_TIGHT = re.compile(
    r"(?:^|\.)(?:strict\w*|no[A-Z_-]\w*|no_\w+|disallow_\w+|warn_\w+|check_untyped_defs|xfail_strict|exact\w*"
    r"|forceConsistent\w*|always\w*"
    r"|branch\w*|fail[-_]on\w*|showerr|overflow-checks|debug-assertions|forbidOnly|bail|resetMocks"
    r"|useUnknownInCatchVariables|checkJs|enabled)$"
)
_SLACK = re.compile(
    r"(?:^|\.)(?:ignore_\w+|ignore-\w+|allow\w*|skip\w*|suppress\w*|implicit_\w+|passWithNoTests"
    r"|follow_imports_for_stubs|ignoreFailures"
    r"|testFailureIgnore|exclude\w*)$"
)
_LEAST = re.compile(
    r"(?:fail_under|fail-under|threshold\w*\.\w*|coverageThreshold\.[\w.]+|statements|branches|functions|lines"
    r"|minimum\w*|min-\w+)$"
)
_MOST = re.compile(
    r"(?:max[-_]\w+|maxWarnings|retries|reruns|timeout|testTimeout|tolerance|threshold-\w+|[\w-]+-threshold)$"
)
_EXCLUDING = re.compile(
    r"(?:ignore\w*|extend-ignore|exclude\w*|extend-exclude|omit|disable\w*|per-file-ignores\..+|norecursedirs"
    r"|filterwarnings|exclude_\w+"
    r"|\w*Ignore\w*|unfixable|allow|skip\w*|deselect)$"
)
_INCLUDING = re.compile(
    r"(?:select|extend-select|enable\w*|testpaths|python_(?:files|classes|functions)|files|packages|include"
    r"|source|lib|testMatch|plugins)$"
)
_LEVELS = (
    "off",
    "none",
    "allow",
    "0",
    "false",
    "silent",
    "basic",
    "warn",
    "warning",
    "1",
    "standard",
    "true",
    "error",
    "deny",
    "strict",
    "2",
    "forbid",
    "all",
)
_LEVELLED = re.compile(r"(?:^|\.)(?:lints\.|rules\.|typeCheckingMode|report\w+|follow_imports|level|strictness)")
_DISARMING = re.compile(
    r"(?:^|\s)(?:--co\b|--collect-only|-k\b|-m\b|--deselect|--ignore\w*|-p\s*no:|--lf\b|--sw\b|--no-cov"
    r"|--noconftest|--maxfail|-x\b|--exitfirst"
    r"|--passWithNoTests|--testNamePattern|-t\b|--testPathIgnorePatterns|--onlyChanged|--no-verify|--exit-zero"
    r"|--no-run|--no-strict|--reruns"
    r"|--continue-on-collection-errors|--suppress-tests-failed-exit-code|--no-error-on-unmatched-pattern"
    r"|--quiet-errors|-W\s*ignore)"
)
_OPTIONS = re.compile(
    r"(?:addopts|scripts\.[\w:-]*(?:test|lint|check|type)[\w:-]*|commands|args|additional_\w+|rustflags|options)$"
)


class _Judge(Protocol):
    """Says whether a key became looser."""

    def __call__(self, key: str, before: Leaf, *, after: Leaf) -> bool: ...


def _is_looser(key: str, before: Leaf, *, after: Leaf) -> bool:
    return any(judge(key, before, after=after) for judge in _JUDGES)


def _flag_lost(key: str, before: Leaf, *, after: Leaf) -> bool:
    return before is True and after is not True and _TIGHT.search(key) is not None


def _flag_set(key: str, before: Leaf, *, after: Leaf) -> bool:
    is_off = after is False and _TIGHT.search(key) is not None
    return before is not after and (is_off or (after is True and _SLACK.search(key) is not None))


def _number(key: str, before: Leaf, *, after: Leaf) -> bool:
    least, most = _LEAST.search(key) is not None, _MOST.search(key) is not None
    if not isinstance(before, (int, float)) or isinstance(before, bool) or not (least or most):
        return False
    if not isinstance(after, (int, float)):
        return least
    return after < before if least else after > before


def _list(key: str, before: Leaf, *, after: Leaf) -> bool:
    old, new = set(_words(before)), set(_words(after))
    if _EXCLUDING.search(key) and not key.endswith("options.exclude"):
        return bool(new - old)
    return bool(old) and bool(new) and _INCLUDING.search(key) is not None and bool(old - new)


def _level(key: str, before: Leaf, *, after: Leaf) -> bool:
    was, now = (_rank(side) for side in (before, after))
    if _LEVELLED.search(key) is None or (now is None and after is not None):
        return False
    if now is None:
        return was is not None and was > _NORMAL
    return now < (_NORMAL if was is None else was)


def _option(key: str, before: Leaf, *, after: Leaf) -> bool:
    if _OPTIONS.search(key) is None:
        return False
    old, new = (" ".join(_words(side)) for side in (before, after))
    return bool(set(_DISARMING.findall(f" {new}")) - set(_DISARMING.findall(f" {old}"))) or (
        "-Werror" in old.replace("-D warnings", "-Werror") and "-Werror" not in new.replace("-D warnings", "-Werror")
    )


_JUDGES: Sequence[_Judge] = (_flag_lost, _flag_set, _number, _list, _level, _option)
_NORMAL = _LEVELS.index("warn")


def _rank(value: Leaf) -> int | None:
    if value is None:
        return None
    word = str(value[0] if isinstance(value, list) and value else value).strip('"').lower()
    return _LEVELS.index(word) if word in _LEVELS else None


def _words(value: Leaf) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None or isinstance(value, bool) else str(value).replace(",", " ").split()


_LINES = joined(
    r"\|\|\s*(?:true|:|exit\s+0|echo\b[^\n]*)(?=\s|;|$|[\"'])",
    r"\bcontinue-on-error\s*:\s*(?!false)\S+",
    r"\ballow_failure\s*:\s*true",
    r"\b(?:continueOnError|ignoreFailures|ignoreExitValue|testFailureIgnore)\s*[:=(]+\s*true",
    r"^\s*set\s+\+e\b",
    r";\s*(?:true|exit\s+0)\s*(?:$|[\"'])",
    r"^\s*(?:-\s*run:\s*)?exit\s+0\s*$",
    r"^\s*if\s*:\s*(?:false|\$\{\{\s*false\s*\}\})",
    r"\b(?:make|\$\(MAKE\))\s[^\n]*(?:-k|-i|--ignore-errors|--keep-going)\b|^\s*MAKEFLAGS\s*[+:]?=[^\n]*-[ik]"
    r"|^\.IGNORE\b",
    r"^\t-[^\n]*(?:test|lint|check|pytest|cargo|ctest)[^\n]*",
    r"-DskipTests\b|-Dmaven\.test\.skip|-Dmaven\.test\.failure\.ignore|--no-verify\b|--exit-zero\b"
    r"|--passWithNoTests\b|--no-run\b|\s-x\s+test\b",
    r"<(?:skip|skipTests|maven\.test\.skip|skipITs|testFailureIgnore|maven\.test\.failure\.ignore"
    r"|checkstyle\.skip)>\s*true",
    r"<(?:failOnViolation|failsOnError|failOnError|failOnWarning|failIfNoTests|haltonfailure)>\s*false",
    r"\b(?:pytest|py\.test)\b[^\n]*(?:\s-k\s|--deselect|--ignore|--co\b|--collect-only|\|\|)",
    r"\b(?:WILL_FAIL|DISABLED)\s+(?:TRUE|ON|1)\b",
    r"\s-w(?=\s|$)|\s-Wno-(?:error|everything|all)\S*|\s-fpermissive\b|-DNDEBUG\b",
    r"[\"'](?:off)[\"']|:\s*0\s*,?\s*(?://[^\n]*)?$(?<=rules)",
    r"\benabled\s*=\s*false\b|\benabled\.set\(false\)|\bonlyIf\s*\{\s*false\s*\}",
    r"\btestPathIgnorePatterns\b|\bexclude(?:Test|d)?\w*\s*[:=]?\s*[\[(]?[\"'][^\n]*(?:test|spec|Test)",
)
_lines = Risen({"*": _LINES}, view="told")
_LOST = re.compile(
    r"-W(?:error|all|extra|pedantic|conversion|shadow)\b|-fsanitize=\w+|-pedantic(?:-errors)?|\bset\s+-\w*e\w*"
    r"|-D\s*warnings|--strict\b|--cov-fail-under\S*|--max-warnings\b"
)
_CALLS = re.compile(
    r"\b(?:pytest|py\.test|unittest|nox|tox|npm\s+(?:run\s+)?(?:test|lint)|yarn\s+test|pnpm\s+test|jest|vitest"
    r"|mocha|eslint|tsc|cargo\s+(?:test|clippy|build|check)|go\s+(?:test|vet|build)"
    r"|ctest|mvn|gradlew?|ruff|mypy|pyright|flake8|pylint|shellcheck|golangci-lint|bats|node\s+--test"
    r"|make\s+(?:test|check|lint)|\./[\w/.-]*tests?[\w.-]*)(?=\s|$|[;&|\"'])"
)
_TABLE = re.compile(
    r"(?:Makefile|makefile|GNUmakefile|ustfile|package\.json|tox\.ini|noxfile\.py|CMakeLists\.txt|\.ya?ml"
    r"|Jenkinsfile|\.sh)$"
)


def config_loosened(looked: Looked) -> Iterator[Hit]:
    """A check is asked to see less, or its failure to count for less."""
    if looked.change.after is None:
        yield from ([Hit(0, looked.path, "the file is gone")] if _WHOLE.search(looked.path) else [])
        return
    before, after = (flattened(looked.path, side or "") for side in (looked.change.before, looked.change.after))
    if after is not None:
        yield from _keys(looked, before or {}, after=after)
    if _FILES.search(looked.path) and not looked.is_test:
        yield from _lines(looked)
        yield from _words_lost(looked)


def config_changed(looked: Looked) -> Iterator[Hit]:
    """A key that says how a check works is another one."""
    before, after = (flattened(looked.path, side or "") for side in (looked.change.before, looked.change.after))
    for key in _changed(looked, before or {}, after=after or {}):
        yield _at(looked, key)


def check_dropped(looked: Looked) -> Iterator[Hit]:
    """A line that called a check is gone, and fewer lines call it than before."""
    if looked.change.before is None or not _TABLE.search(looked.path):
        return
    before, after = (_called(side) for side in (looked.old.told, looked.new.told))
    for name in dict.fromkeys(before):
        if before.count(name) > after.count(name) and not (set(after) - set(before)):
            index = next((i for i in sorted(looked.removed) if name in _called(looked.line(i, is_old=True))), 0)
            yield Hit(index + 1, looked.line(index, is_old=True).strip()[:200], name)


def _called(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", name) for name in _CALLS.findall(text)]


def _keys(looked: Looked, before: Flat, *, after: Flat) -> Iterator[Hit]:
    for key in _changed(looked, before, after=after):
        old, new = before.get(key), after.get(key)
        if _is_looser(key, old, after=new):
            yield _at(looked, key, detail=f"{_short(old)} became {_short(new)}")


def _changed(looked: Looked, before: Flat, *, after: Flat) -> Iterator[str]:
    for key in dict.fromkeys([*after, *before]):
        is_check = _WHOLE.search(looked.path) or _CHECKS.search(key) or _OPTIONS.search(key)
        if is_check and before.get(key) != after.get(key):
            yield key


def _at(looked: Looked, key: str, *, detail: str = "") -> Hit:
    word = key.rpartition(".")[2]
    lines = (looked.change.after or "").splitlines()
    index = next((i for i in sorted(looked.added) if word in lines[i]), None)
    return Hit(0, key, detail) if index is None else Hit(index + 1, lines[index].strip()[:200], detail or key)


def _short(value: Leaf) -> str:
    return "nothing" if value is None else str(value)[:80]


def _words_lost(looked: Looked) -> Iterator[Hit]:
    left = _LOST.findall(looked.new.told)
    for index in sorted(looked.removed):
        line = looked.line(index, is_old=True)
        for word in _LOST.findall(line):
            if looked.old.told.count(word) > left.count(word) and not looked.gained[line.strip()]:
                yield Hit(index + 1, line.strip()[:200], f"{word} is gone")
