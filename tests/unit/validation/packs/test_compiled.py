"""The shipped packs are read from what their YAML was compiled to; a text that is not known is read as YAML."""

from pathlib import Path

import pytest

from orchestrator.errors import ConfigError
from orchestrator.resources import Places
from orchestrator.validation.packs import compiled as module
from orchestrator.validation.packs import load_packs, read_pack
from orchestrator.validation.packs.compiled import compiled, compiled_text
from orchestrator.validation.packs.yamltext import parse

FOLDER = Path(__file__).parents[4] / "validators"


def test_what_is_shipped_is_what_the_yaml_says_now() -> None:
    """To renew it: write `orchestrator.validation.packs.compiled.compiled_text()` to the file."""
    assert (FOLDER / "compiled.json").read_text(encoding="utf-8") == compiled_text()


def test_every_shipped_pack_is_known_and_is_what_its_yaml_would_be() -> None:
    paths = sorted(FOLDER.glob("*.yaml"))
    assert {path.stem for path in paths} == set(load_packs(Places(), trusted=False).packs)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert compiled(path, text) == parse(text, path.name).data


def test_a_text_that_has_changed_is_not_known() -> None:
    path = FOLDER / "go.yaml"
    assert compiled(path, path.read_text(encoding="utf-8") + "\n") is None


def test_a_folder_of_somebody_else_brings_no_compiled_packs(tmp_path: Path) -> None:
    """Whoever trusts a repository's packs has read their YAML."""
    text = (FOLDER / "go.yaml").read_text(encoding="utf-8")
    (tmp_path / "go.yaml").write_text(text)
    (tmp_path / "compiled.json").write_text((FOLDER / "compiled.json").read_text(encoding="utf-8"))
    assert compiled(tmp_path / "go.yaml", text) is None
    (tmp_path / "go.yaml").write_text(text.replace("id: go", "id: gone"))
    with pytest.raises(ConfigError, match="must be 'go', as the file is called"):
        read_pack(tmp_path / "go.yaml")


@pytest.mark.parametrize("content", [None, "", "{", "\x00"])
def test_without_it_or_with_a_damaged_one_nothing_is_known(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "compiled.json").write_text(content)
    assert module._known(tmp_path) == {}
