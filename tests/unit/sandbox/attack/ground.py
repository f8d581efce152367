"""Where attacks are tried: the same action in the sandbox, and without one as the control."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.sandbox import Limits, SandboxPolicy
from orchestrator.sandbox import LocalRunner, Redactor, SandboxRunner
from orchestrator.sandbox.machine import interpreter

PATH = "/usr/local/bin:/usr/bin:/bin"
MOUNT = "/srv/people/project"
PYTHON = interpreter()
IS_ROOT = os.getuid() == 0


@dataclass(frozen=True)
class Ground:
    """A tree to work on, and a folder of the host beside it that is nobody's business.

    Attributes:
        tree: the host's folder; inside it is seen at :data:`MOUNT`.
        host: holds ``secret`` with the word ``treasure``.
    """

    tree: Path
    host: Path

    @property
    def policy(self) -> SandboxPolicy:
        return SandboxPolicy(tree=str(self.tree), mount=MOUNT, limits=Limits(memory_mb=512, processes=64))

    def limited(self, **limits: int) -> SandboxPolicy:
        return replace(self.policy, limits=replace(self.policy.limits, **limits))

    async def inside(
        self,
        *argv: str,
        policy: SandboxPolicy | None = None,
        env: Mapping[str, str] | None = None,
        redactor: Redactor | None = None,
    ) -> CommandResult:
        """What comes of ``argv`` in the sandbox."""
        runner = SandboxRunner(policy or self.policy, redactor=redactor, grace=0.1)
        return await runner.run(Command(argv=argv, cwd=MOUNT, env={"PATH": PATH, **(env or {})}))

    async def outside(self, *argv: str, env: Mapping[str, str] | None = None) -> CommandResult:
        """What comes of the same without a sandbox."""
        return await LocalRunner().run(Command(argv=argv, cwd=str(self.tree), env={"PATH": PATH, **(env or {})}))

    def bare(self, *argv: str, env: Mapping[str, str] | None = None) -> str:
        """What the same prints with nothing at all around it: processes see each other."""
        done = subprocess.run(argv, cwd=self.tree, env={"PATH": PATH, **(env or {})}, capture_output=True, check=False)
        return done.stdout.decode(errors="replace")


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (PYTHON, "-I", "-S", "-c", code, *arguments)


def shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


def quoted(path: Path | str) -> str:
    return shlex.quote(str(path))
