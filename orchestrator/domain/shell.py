"""Shells: how a script in a file is run."""

import shlex
from collections.abc import Mapping

SHELLS: Mapping[str, tuple[str, ...]] = {
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"),
    "sh": ("sh", "-e", "{0}"),
    "python": ("python3", "{0}"),
}
"""Shell name -> command line; ``{0}`` is the script's file. The bash and sh rows are GitHub's own."""


def shell_argv(shell: str, script: str) -> tuple[str, ...]:
    """The command line that runs the file ``script``; ``shell`` is a name of :data:`SHELLS` or a line with ``{0}``."""
    words = SHELLS.get(shell) or tuple(shlex.split(shell))
    return tuple(word.replace("{0}", script) for word in words)
