"""One test under the names that different runners give it."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from orchestrator.fixers.search.localise import Observed
from orchestrator.fixers.search.protocol import Observation

__all__ = ["dotted", "is_one", "narrowed"]

_COUNTED = re.compile(r"(?<=[A-Za-z_])\d+(?=[\]-])")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


def dotted(name: str) -> str:
    """``tests/a.py::A::test_b[1]``, ``tests.a.A::test_b[1]`` and ``tests.a.A.test_b[1]`` as the last of them."""
    head, bracket, rest = name.partition("[")
    return head.replace(".py::", ".").replace("::", ".").replace("/", ".").strip(".") + bracket + rest


def narrowed(
    seen: Observation, wanted: Collection[str], *, is_wanted: Callable[[str, Collection[str]], bool]
) -> Observation:
    """``seen`` without the failing tests that nobody ``wanted``; as it is where nobody wanted any in particular.

    Args:
        seen: all tests.
        wanted: names that a runner gives.
        is_wanted: whether the worker's name of a test is among the wanted ones.

    Where not all of them are known by their names, numbers that a runner has given to parameters are not looked at: it
    may have counted in another order.
    """
    if not wanted:
        return seen
    exact, loose = (_chosen(seen, wanted, is_wanted=is_wanted, plain=plain) for plain in (str, _uncounted))
    return replace(seen, tests=exact if _failures(exact) >= min(len(set(wanted)), _failures(loose)) else loose)


def _chosen(
    seen: Observation,
    wanted: Collection[str],
    *,
    is_wanted: Callable[[str, Collection[str]], bool],
    plain: Callable[[str], str],
) -> tuple[Observed, ...]:
    names = [plain(name) for name in wanted]
    return tuple(test for test in seen.tests if test.is_ok or is_wanted(plain(test.name), names))


def _failures(tests: Collection[Observed]) -> int:
    return sum(not test.is_ok for test in tests)


def _uncounted(name: str) -> str:
    return _COUNTED.sub("#", name)


def is_one(name: str, names: Collection[str]) -> bool:
    """Whether ``name`` is among ``names``, all of them :func:`dotted`.

    A runner may count names from another folder: it is enough that one name ends in the other. Addresses in them are
    others in each run.
    """
    steady, known = _steady(name), map(_steady, names)
    return any(steady.endswith(other) or other.endswith(steady) for other in known)


def _steady(name: str) -> str:
    return "." + _ADDRESS.sub("#", name)
