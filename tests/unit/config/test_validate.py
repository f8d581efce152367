"""What a configuration says about the stages of a validation reaches the packs as it was said."""

from pathlib import Path

from orchestrator.config import Layer, load_settings
from orchestrator.config.validate import stage_overrides
from orchestrator.validation.packs import StageName, StageOverride

TEXT = """
[validate.test]
run = "node check.js"
timeout = 30
ok = [0]
findings = [1, 2]
empty = [5]
parser = "tap"
min_score = 0.5
ignore = ["E501"]
[validate.lint]
enabled = false
[validate.build]
run = ["make", "all"]
"""


def test_a_repository_may_name_its_own_commands(tmp_path: Path) -> None:
    (tmp_path / "rung.toml").write_text(TEXT)
    loaded = load_settings(tmp_path, {})
    assert loaded.notices == ()
    assert loaded.origin("validate.test.run").layer is Layer.REPOSITORY
    assert stage_overrides(loaded.settings.validation) == {
        StageName.TEST: StageOverride(
            run="node check.js",
            timeout=30,
            ok=frozenset({0}),
            findings=frozenset({1, 2}),
            empty=frozenset({5}),
            parser="tap",
            min_score=0.5,
            ignore=frozenset({"E501"}),
        ),
        StageName.LINT: StageOverride(enabled=False),
        StageName.BUILD: StageOverride(run=("make", "all")),
    }


def test_a_stage_of_which_nothing_is_said_is_the_packs_own(tmp_path: Path) -> None:
    assert stage_overrides(load_settings(tmp_path, {}).settings.validation) == {}


def test_the_command_line_may_name_a_command_too(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path, {}, overrides=["validate.test.run=make check"])
    assert loaded.settings.validation.test.run == "make check"
