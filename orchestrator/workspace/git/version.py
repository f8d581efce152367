"""Which git is new enough."""

import re

from orchestrator.errors import GitVersionError

MINIMUM = (2, 39)
"""The oldest git that every promise was tried on (``merge-tree --write-tree`` came with 2.38)."""

_VERSION = re.compile(r"git version (\d+)\.(\d+)")


def check_version(told: str) -> tuple[int, int]:
    """The version in the output of ``git version``.

    Raises:
        GitVersionError: it is older than :data:`MINIMUM`, or cannot be read.
    """
    found = _VERSION.match(told)
    needed = ".".join(map(str, MINIMUM))
    if not found:
        raise GitVersionError(f"git does not tell its version: {told.strip()[:80]!r}", hint=f"git {needed} is needed")
    version = int(found[1]), int(found[2])
    if version < MINIMUM:
        raise GitVersionError(f"git {version[0]}.{version[1]} is too old", hint=f"install git {needed} or newer")
    return version
