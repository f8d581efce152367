"""Reads every layer and answers what holds, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestrator.config.check import problems_of
from orchestrator.config.files import repository_source, user_source
from orchestrator.config.merge import admitted, merge, origins, value_at
from orchestrator.config.origin import KeyPath, Layer, Origin, Source
from orchestrator.config.settings import Settings
from orchestrator.config.text import command_line_source, environment_source
from orchestrator.config.trust import trust_in
from orchestrator.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings that hold, and where each one comes from.

    Attributes:
        notices: what was passed over and why; nothing in it keeps a run from starting.
    """

    settings: Settings
    origins: Mapping[KeyPath, Origin]
    notices: tuple[Problem, ...] = ()

    def origin(self, path: str) -> Origin:
        """Where the value of a dotted key comes from.

        Raises:
            KeyError: there is no such key.
        """
        return self.origins[tuple(path.split("."))]

    def values(self) -> Iterator[tuple[str, Any, Origin]]:
        """Every key that has a value, dotted, with it and its origin, in the order of declaration."""
        data = self.settings.model_dump(by_alias=True)
        for path, origin in self.origins.items():
            if (value := value_at(data, path)) is not None:
                yield ".".join(map(str, path)), value, origin


def load_settings(cwd: Path, environ: Mapping[str, str], *, overrides: Sequence[str] = ()) -> Loaded:
    """The settings for a command started in ``cwd``: defaults < user < repository < environment < command line.

    Args:
        cwd: absolute; the repository's file is looked for from here up to the project's root.
        environ: the environment, for ``RUNG_...`` variables and the user's folder.
        overrides: ``key.below=value``, as ``--set`` takes it.

    Raises:
        ConfigError: a layer cannot be read or holds a value that no key takes; all problems of all layers
            that could be read are in it.
    """
    user = user_source(environ)
    repository, notices = repository_source(cwd)
    environment = environment_source(environ, Settings)
    command_line = command_line_source(overrides, Settings)
    layers = (user, repository, environment, command_line)
    if problems := [problem for source in layers for problem in problems_of(source, Settings)]:
        raise ConfigError(problems)
    defaults = Source(Layer.DEFAULT, Settings().model_dump(by_alias=True))
    trust = trust_in(repository, environ)
    repository, refused = admitted(repository, merge((defaults, user)), model=Settings, trust=trust)
    sources = (user, _anchored(repository), environment, command_line)
    return Loaded(Settings.model_validate(merge(sources)), origins(sources, Settings), (*notices, *refused))


def _anchored(source: Source) -> Source:
    """The repository's source with its models' scripts found from its own folder, not from the user's."""
    if source.path is None or not source.data.get("models"):
        return source
    folder = source.path.parent
    models = [
        {**one, "script": str(folder / Path(one["script"]).expanduser())} if "script" in one else one
        for one in source.data["models"]
    ]
    return replace(source, data={**source.data, "models": models})
