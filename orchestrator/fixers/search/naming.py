"""One test under the names that different runners give it."""

from collections.abc import Collection
from dataclasses import replace

from orchestrator.fixers.search.protocol import Observation

__all__ = ["dotted", "narrowed"]


def dotted(name: str) -> str:
    """``tests/a.py::A::test_b[1]``, ``tests.a.A::test_b[1]`` and ``tests.a.A.test_b[1]`` as the last of them."""
    head, bracket, rest = name.partition("[")
    return head.replace(".py::", ".").replace("::", ".").replace("/", ".").strip(".") + bracket + rest


def narrowed(seen: Observation, wanted: Collection[str]) -> Observation:
    """``seen`` without the failing tests that nobody ``wanted``; as it is where nobody wanted any in particular.

    A runner may count names from another folder: it is enough that one name ends in the other.
    """
    if not wanted:
        return seen
    names = [dotted(name) for name in wanted]
    tests = tuple(test for test in seen.tests if test.is_ok or _is_one(dotted(test.name), names))
    return replace(seen, tests=tests)


def _is_one(name: str, names: Collection[str]) -> bool:
    return any(f".{name}".endswith(f".{other}") or f".{other}".endswith(f".{name}") for other in names)
