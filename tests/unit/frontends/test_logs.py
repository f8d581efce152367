"""The level of the log comes from RUNG_LOG and the options."""

import logging

import pytest

from orchestrator.errors import ConfigError
from orchestrator.frontends.cli.logs import level


@pytest.mark.parametrize(
    ("verbosity", "word", "expected"),
    [
        (0, "", logging.WARNING),
        (1, "", logging.INFO),
        (2, "", logging.DEBUG),
        (9, "", logging.DEBUG),
        (-1, "", logging.ERROR),
        (-9, "", logging.ERROR),
        (0, "INFO", logging.INFO),
        (1, "error", logging.WARNING),
    ],
)
def test_each_option_moves_the_level_by_one(verbosity: int, word: str, expected: int) -> None:
    assert level(verbosity, {"RUNG_LOG": word}) == expected


def test_an_unknown_level_is_told() -> None:
    with pytest.raises(ConfigError, match="there is no level 'loud'"):
        level(0, {"RUNG_LOG": "loud"})
