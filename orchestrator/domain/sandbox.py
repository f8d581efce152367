"""The sandbox in which code that nobody has to trust is run: what it may see, use up and reach, and what held it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Network: TypeAlias = Literal["none", "all"]
"""``none``: a loopback interface of its own and nothing else. ``all``: the host's, for setting dependencies up."""

Fallback: TypeAlias = Literal["copy", "empty"]
"""What stands in for an overlay that the system does not permit: a private copy of it, or an empty folder."""

ENVIRONMENT: tuple[str, ...] = ("PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "NO_COLOR", "CI")
"""The variables of a command that reach it by default."""


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of the host that is seen inside.

    Attributes:
        source: absolute path on the host; it must exist.
        target: absolute path inside; ``""`` for the same one.
    """

    source: str
    target: str = ""

    @property
    def inside(self) -> str:
        """The path inside."""
        return self.target or self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A folder of the host that can be written inside while the host's stays as it is.

    Attributes:
        lower: absolute path of the host's folder; nobody may change it while a command runs.
        target: absolute path inside; ``""`` for the same one.
        kept: an engine's own folder: ``upper`` in it receives what is written (whiteouts as overlayfs has them),
            ``work`` is the kernel's own; ``""`` to throw all away. What is thrown away lies in memory, at most
            ``Limits.scratch_mb`` of it.
        fallback: see :data:`Fallback`; one whose upper layer is kept has none.
    """

    lower: str
    target: str = ""
    kept: str = ""
    fallback: Fallback = "copy"

    @property
    def inside(self) -> str:
        """The path inside."""
        return self.target or self.lower


@dataclass(frozen=True, slots=True, kw_only=True)
class GitView:
    """What ``git`` inside can read of the repository; it can write nothing.

    Attributes:
        head: the commit that is checked out.
        objects: absolute paths of the object folders that hold it, all alternates included.
        tags: full ref name -> the id that it holds (a tag object's, where it is annotated).
        branch: what HEAD names, without ``refs/heads/``; ``""`` for a detached HEAD.
        index: absolute path of an index file that matches the tree; ``""`` for none: then ``--dirty`` says dirty.
        shallow: the commits at which history was cut off.
        object_format: ``sha1`` or ``sha256``.
    """

    head: str
    objects: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    branch: str = ""
    index: str = ""
    shallow: tuple[str, ...] = ()
    object_format: str = "sha1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one command may use up, all of its processes together unless said otherwise. 1 MB is 2**20 bytes.

    Attributes:
        memory_mb: memory; what it writes to its scratch folders may count as well.
        processes: processes and threads at one time.
        cpu_seconds: processor time of one process; waiting does not count.
        file_mb: one file.
        open_files: open files of one process.
        scratch_mb: each of /tmp, /dev/shm, the home folder, and the thrown-away layers of all overlays.
        tree_mb: the tree, what it holds at the start included; looked at several times a second.
        tree_files: files and folders in the tree, likewise.
    """

    memory_mb: int = 4096
    processes: int = 512
    cpu_seconds: int = 3600
    file_mb: int = 2048
    open_files: int = 4096
    scratch_mb: int = 1024
    tree_mb: int = 16_384
    tree_files: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPolicy:
    """What a command in the sandbox gets to see. All that is not named here, or part of the system, is not there.

    Attributes:
        tree: absolute path of the folder to work on; ``""`` where an overlay at ``mount`` holds it. Where it has
            nothing named ``.git`` an empty folder of that name is left in it.
        mount: the path at which it is seen inside: the one of the user's own repository.
        git: what ``git`` can read there; without it the tree is no repository.
        readonly: toolchains and the like.
        writable: files of the host, and no folders, that a command may change and nobody replace.
        overlays: caches that tools write to.
        network: see :data:`Network`.
        env: names of the variables that a command's own environment may pass in; what looks like a secret never is.
        variables: further variables, set whatever the command's environment holds.
        limits: see :class:`Limits`.
    """

    tree: str
    mount: str
    git: GitView | None = None
    readonly: tuple[Bind, ...] = ()
    writable: tuple[Bind, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    network: Network = "none"
    env: tuple[str, ...] = ENVIRONMENT
    variables: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLimit:
    """A limit, and what holds it.

    Attributes:
        name: the field of :class:`Limits`; or ``seconds``, the wall clock of one command.
        value: in the unit that the name says.
        by: the mechanisms, most exact first: ``cgroup v1``, ``cgroup v2``, ``RLIMIT_...``, ``tmpfs size``,
            ``watchdog``, ``engine``.
    """

    name: str
    value: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRecord:
    """What a sandbox really was, for the reports.

    Attributes:
        launcher: program and version.
        namespaces: those of its own, in alphabetical order.
        network: as in the policy.
        seccomp: whether system calls were filtered.
        limits: in the order of :class:`Limits`, then ``seconds`` where there is such a cap.
        overlays: path inside -> ``overlay``, ``copy`` or ``empty``.
        git: whether ``git`` could read the repository.
    """

    launcher: str
    namespaces: tuple[str, ...]
    network: Network
    seccomp: bool
    limits: tuple[HeldLimit, ...]
    overlays: Mapping[str, str] = field(default_factory=dict)
    git: bool = False

    def __str__(self) -> str:
        """One line."""
        held = ", ".join(f"{limit.name} {limit.value} ({' + '.join(limit.by)})" for limit in self.limits)
        layers = ", ".join(f"{path} ({how})" for path, how in self.overlays.items())
        filtered = "system calls filtered" if self.seccomp else "system calls not filtered"
        parts = (
            f"{self.launcher}: own {', '.join(self.namespaces)}",
            f"network {self.network}",
            filtered,
            held,
            f"caches: {layers}" if layers else "",
        )
        return "; ".join(part for part in parts if part)
