"""What a patch does besides repairing: the rules over its files, put together."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.validation.integrity.change import FileChange, Places
from orchestrator.validation.integrity.lexer import language_of
from orchestrator.validation.integrity.rules import RULES, Rule, Scope, Weight
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["Flag", "flags_of", "is_held"]

_LARGEST = 1_000_000
_LONGEST_LINE = 20_000
_NOWHERE = Places()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing that a person may want to know of a patch.

    Attributes:
        rule: id of the rule.
        weight: whether it holds the candidate back.
        file: the path.
        line: 1-based, in the candidate, or in the base where what is flagged is gone; 0 means the whole file.
        message: one line.
        excerpt: the line itself, shortened; untrusted.
    """

    rule: str
    weight: Weight
    file: str
    line: int
    message: str
    excerpt: str = ""


def flags_of(
    changes: Sequence[FileChange], *, places: Places = _NOWHERE, tests: Sequence[str] = ()
) -> tuple[Flag, ...]:
    """What the rules say of a patch, file by file, in the order of ``changes``.

    Only what the patch adds or takes away counts: a line that comes from another of its files has moved. Binary files,
    and files too large to look into, are flagged as such.

    Args:
        changes: every file that differs.
        places: which files are tests, and which the node may change.
        tests: the texts of the base's tests, for answers that are copied out of them.
    """
    lost = Counter(line for change in changes for line in _own(change.before, change.after))
    got: dict[object, Counter[str]] = defaultdict(Counter)
    for change in changes:
        got[_kind(change, places)].update(_own(change.after, change.before))
    found: list[Flag] = []
    for change in changes:
        lost_here, got_here = (Counter(_own(*sides)) for sides in _both(change))
        gained = got[_kind(change, places)] - got_here
        looked = Looked(change, places, tests=tests, others=lost - lost_here, gained=gained)
        found += _flags(looked)
    return tuple(dict.fromkeys(found))


def is_held(flags: Sequence[Flag]) -> bool:
    """Whether one of ``flags`` holds the candidate back until a person has looked at it."""
    return any(flag.weight is Weight.HOLD for flag in flags)


def _kind(change: FileChange, places: Places) -> tuple[bool, str]:
    return places.is_test(change.path), language_of(change.path)


def _both(change: FileChange) -> tuple[tuple[str | None, str | None], tuple[str | None, str | None]]:
    return (change.before, change.after), (change.after, change.before)


def _own(text: str | None, other: str | None) -> Iterator[str]:
    """The stripped lines that ``text`` has more often than ``other``; blank and very short ones do not count."""
    left = Counter(line.strip() for line in (other or "").splitlines())
    for line in (text or "").splitlines():
        stripped = line.strip()
        if left[stripped]:
            left[stripped] -= 1
        elif len(stripped) > _SHORT:
            yield stripped


_SHORT = 3


def _flags(looked: Looked) -> Iterator[Flag]:
    unread = _unread(looked.change)
    if unread:
        yield _flag(_UNREAD[unread], Hit(0, looked.path), looked=looked)
    for rule in _BY_PATH if unread else RULES:
        if _is_in_scope(rule, looked):
            yield from (_flag(rule, hit, looked=looked) for hit in rule.find(looked))


def _unread(change: FileChange) -> str:
    if change.is_binary:
        return "binary" if change.after is not None else ""
    is_large = any(len(text or "") > _LARGEST for text in (change.before, change.after))
    added = set((change.after or "").splitlines()) - set((change.before or "").splitlines())
    return "unreadable" if is_large or any(len(line) > _LONGEST_LINE for line in added) else ""


def _none(_looked: Looked) -> Iterator[Hit]:
    return iter(())


_UNREAD = {
    "binary": Rule(id="binary", what="a file that is no text", find=_none, yields=True),
    "unreadable": Rule(id="unreadable", what="a file too large, or with lines too long, to be looked into", find=_none),
}
_BY_PATH = [rule for rule in RULES if rule.id in {"module-shadowed", "runs-on-host", "runs-on-build", "lock-changed"}]


def _is_in_scope(rule: Rule, looked: Looked) -> bool:
    if rule.scope is Scope.ALL:
        return True
    if rule.scope is Scope.TESTS and looked.language == "rust":
        return looked.is_test or "#[test]" in (looked.change.before or "") + (looked.change.after or "")
    return looked.is_test is (rule.scope is Scope.TESTS)


def _flag(rule: Rule, hit: Hit, *, looked: Looked) -> Flag:
    is_allowed = rule.yields and looked.places.is_permitted(looked.path)
    return Flag(
        rule=rule.id,
        weight=Weight.NOTE if is_allowed else rule.weight,
        file=looked.path,
        line=hit.line,
        message=f"{rule.what}: {hit.detail}" if hit.detail else rule.what,
        excerpt=hit.excerpt,
    )
