"""`rung config` shows each value with its place."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_every_value_is_shown_with_its_origin(
    rung: Callable[..., Any], tmp_path: Path, clean_environment: Path
) -> None:
    user = clean_environment / "config" / "rung" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text("terminal.color = 'never'\n")
    (tmp_path / "rung.toml").write_text("[limits]\nmax_parallel = 2\n")
    told = rung("config", "--set", "limits.nodes=50", env={"RUNG_LIMITS__MINUTES": "2.5"})
    assert (told.code, told.err) == (0, "")
    rows = [re.split(" +# ", line) for line in told.out.splitlines()]
    assert rows[:3] == [
        ["limits.max_parallel = 2", "rung.toml:2"],
        ["limits.minutes = 2.5", "RUNG_LIMITS__MINUTES"],
        ["limits.nodes = 50", "--set limits.nodes=50"],
    ]
    assert ['terminal.color = "never"', f"{user}:1"] in rows
    assert ["models = []", "default"] in rows
    assert {line.index("#") for line in told.out.splitlines()} == {len("validate.review.required = false") + 2}


def test_json_holds_the_same(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "rung.toml").write_text("[limits]\nmax_parallel = 2\n")
    document = json.loads(rung("config", "--json").out)
    assert document["limits.max_parallel"] == {"value": 2, "layer": "repository", "file": "rung.toml", "line": 2}
    assert document["limits.minutes"] == {"value": 0.0, "layer": "default", "file": "", "line": 0}


def test_what_a_repository_may_not_say_is_noted_and_ignored(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "rung.toml").write_text("[limits]\nmax_parallel = 64\n")
    told = rung("config")
    assert told.code == 0
    assert told.out.startswith("limits.max_parallel = 4")
    assert told.err == (
        "rung: note: rung.toml:2: limits.max_parallel: ignored: a repository may only lower it, and it is 4 already"
        " (read it, then: rung trust; or set it in your own configuration or with --set)\n"
    )


def test_the_printed_schema_is_the_published_one(rung: Callable[..., Any]) -> None:
    published = Path(__file__).parents[2] / "docs" / "reference" / "rung-toml.schema.json"
    assert rung("config", "--schema").out == published.read_text()
