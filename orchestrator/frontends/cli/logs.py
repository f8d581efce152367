"""The engine's own log: structured lines on standard error, quiet unless asked."""

import logging
import sys
from collections.abc import Mapping
from typing import TextIO, cast

from orchestrator.errors import ConfigError, Problem

_LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_STEP = 10


class _StandardError:
    """``sys.stderr`` of the moment: live progress puts another one in its place for a while."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def level(verbosity: int, environ: Mapping[str, str]) -> int:
    """The lowest level that is shown: ``RUNG_LOG``, else warnings, one level lower for each ``-v``.

    Raises:
        ConfigError: ``RUNG_LOG`` is no level.
    """
    word = environ.get("RUNG_LOG", "").lower() or "warning"
    if word not in _LEVELS:
        known = ", ".join(_LEVELS)
        raise ConfigError([Problem(file="RUNG_LOG", what=f"there is no level {word!r}", hint=f"known: {known}")])
    return min(max(_LEVELS[word] - _STEP * verbosity, logging.DEBUG), logging.ERROR)


def configure(verbosity: int, environ: Mapping[str, str]) -> None:
    """Send log lines to standard error, as text on a terminal and as JSON elsewhere.

    Raises:
        ConfigError: as :func:`level`.
    """
    lowest = level(verbosity, environ)
    import structlog

    if sys.stderr.isatty():
        last: structlog.typing.Processor = structlog.dev.ConsoleRenderer(colors=not environ.get("NO_COLOR"))
    else:
        last = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
