"""The environments that git is started with: built from nothing, so that nothing leaks in."""

import os
from collections.abc import Mapping

IDENTITY = ("Rung", "rung@localhost")
"""Author and committer of all that the engine commits."""

_OVERRIDES = (
    # what would run a program
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.sshCommand", "false"),
    ("core.gitProxy", "false"),
    ("core.askPass", "false"),
    ("core.alternateRefsCommand", "false"),
    ("core.editor", "false"),
    ("core.pager", "cat"),
    ("credential.helper", ""),
    ("gpg.program", "false"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    # what would leave the repository that the call names
    ("protocol.allow", "never"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
    ("diff.ignoreSubmodules", "all"),
    # names that some file system takes for .git are refused on every system
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    # a file counts as unchanged only if all of its stat data say so
    ("core.checkStat", "default"),
    ("core.trustctime", "true"),
    ("core.untrackedCache", "false"),
    ("core.splitIndex", "false"),
    # conversions that lose nothing on the way back are no reason to fail
    ("core.safecrlf", "false"),
    # somebody else's lock is waited for, in milliseconds
    ("core.filesRefLockTimeout", "500"),
    ("core.packedRefsTimeout", "500"),
    ("i18n.commitEncoding", "UTF-8"),
)

_REACHING = frozenset(
    {
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "core.alternateRefsCommand",
        "credential.helper",
        "protocol.allow",
    }
)
"""What the user's own means of reaching a server may say for themselves."""

_ALWAYS = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # unlike protocol.allow it outranks a repository's protocol.<name>.allow
    "GIT_AUTHOR_NAME": IDENTITY[0],
    "GIT_AUTHOR_EMAIL": IDENTITY[1],
    "GIT_COMMITTER_NAME": IDENTITY[0],
    "GIT_COMMITTER_EMAIL": IDENTITY[1],
}
_KEPT = ("PATH", "TMPDIR")
_OF_THE_USER = (
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CEILING_DIRECTORIES",
)
_FOR_FETCHING = ("SSH_AUTH_SOCK", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy")


def settings_variables(settings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The overrides and then ``settings``, as variables that outrank every configuration file."""
    return _variables(_OVERRIDES + settings)


def fetching_variables() -> dict[str, str]:
    """The overrides, as :func:`settings_variables` gives them, without those about reaching a server."""
    return _variables(tuple((key, value) for key, value in _OVERRIDES if key not in _REACHING))


def _variables(settings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def engine_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """For work in the engine's own repositories: neither the system's nor the user's settings are read."""
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return kept | _ALWAYS | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def user_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """For questions that only the user's settings answer (``safe.directory``, ``core.excludesFile``)."""
    return {name: environ[name] for name in (*_KEPT, *_OF_THE_USER) if name in environ} | _ALWAYS


def fetching_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """For the one call that may reach a server: the user's own remote of a partial clone, by the user's own means.

    It is made before anything of a candidate exists.
    """
    names = (*_KEPT, *_OF_THE_USER, *_FOR_FETCHING)
    allowed = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}
    kept = {name: environ[name] for name in names if name in environ}
    return kept | _ALWAYS | allowed | fetching_variables()
