"""The environment that a command has inside a sandbox."""

import os
from collections.abc import Mapping

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.sandbox.machine import HOME, account_name
from orchestrator.sandbox.redact import Redactor, looks_secret

__all__ = ["environment"]

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


def environment(policy: SandboxPolicy, given: Mapping[str, str], *, redactor: Redactor) -> dict[str, str]:
    """Those variables of ``given`` that ``policy`` lets in, its own, and what a program expects to find.

    A variable whose name looks secret, or whose value holds a secret, does not get in.
    """
    passed = {name: given[name] for name in policy.env if name in given and not looks_secret(name)}
    passed = {name: value for name, value in passed.items() if redactor.text(value) == value}
    user = account_name(os.getuid())
    own = {"PATH": _PATH, **passed, "HOME": HOME, "USER": user, "LOGNAME": user, "TMPDIR": "/tmp"}  # noqa: S108  # its own
    return {**own, **policy.variables}
