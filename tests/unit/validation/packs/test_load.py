"""Packs are found, read strictly, and told by file and line where they are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from orchestrator.errors import ConfigError
from orchestrator.resources import Places
from orchestrator.validation.packs import json_schema, key_tables, load_packs, read_pack, schema_text
from orchestrator.validation.packs.yamltext import parse
from tests.unit.validation.packs.projects import CASES, SHIPPED

ROOT = Path(__file__).parents[4]
GOOD = """id: test
title: Test
detect: { markers: [x] }
tools:
  runner:
    minimum: "3.10"
    programs: [runner]
stages: { test: { ways: [{ steps: [{ run: ["{runner}"], parser: generic }] }] } }
"""
SPREAD = """id: test
title: Test
detect: { markers: [x] }
tools:
  runner:
    minimum: "3.10"
    programs: [runner]
stages:
  test:
    ways: [{ steps: [{ run: ["{runner}"],
          parser: generic }] }]
"""
TABLE: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((CASES / "bad.yaml").read_text(encoding="utf-8"))


def write(folder: Path, text: str, name: str = "test.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_what_is_wrong_is_told_by_line_place_and_reason(case: dict[str, Any], tmp_path: Path) -> None:
    old, new = case.get("replace", ["", ""])
    text = case.get("whole") or SPREAD.replace(old, new, 1)
    assert text != SPREAD
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_pack(path)
    lines = [str(problem).removeprefix(f"{path}:").removeprefix(" ") for problem in caught.value.problems]
    assert lines == case["told"]


@pytest.mark.parametrize("text", [GOOD, SPREAD])
def test_a_good_pack_is_read(text: str, tmp_path: Path) -> None:
    pack = read_pack(write(tmp_path, text))
    assert (pack.id, pack.tools["runner"].minimum) == ("test", "3.10")


def test_what_is_no_pack_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"id: x\n\xff")
    (tmp_path / "large.yaml").write_bytes(b"#" * 200_001)
    (tmp_path / "deep.yaml").write_text("a: " + "[" * 50_000)
    for name, told in {
        "binary.yaml": ":2: the file is not UTF-8",
        "large.yaml": ": the file is larger than 200,000 bytes",
        "deep.yaml": ":1: nested more than 50 levels deep",
        "absent.yaml": ": there is no such file, or it is no regular one",
    }.items():
        with pytest.raises(ConfigError) as caught:
            read_pack(tmp_path / name)
        assert str(caught.value).endswith(f"{name}{told}")


def test_a_repositorys_packs_count_only_when_it_is_trusted(tmp_path: Path) -> None:
    write(tmp_path / "repo" / ".rung" / "validators", GOOD)
    write(tmp_path / "user" / "validators", GOOD.replace("Test", "User's"))
    places = Places(project=tmp_path / "repo", user=tmp_path / "user")
    careful = load_packs(places, trusted=False)
    assert careful.packs["test"].title == "User's"
    [notice] = careful.notices
    assert notice.file == f"{tmp_path}/repo/.rung/validators/test.yaml"
    assert notice.what == "ignored: a repository's packs choose commands and need your trust"
    trusting = load_packs(places, trusted=True)
    assert (trusting.packs["test"].title, trusting.notices) == ("Test", ())


def test_the_packs_of_an_untrusted_repository_are_not_even_read(tmp_path: Path) -> None:
    write(tmp_path / ".rung" / "validators", "broken: [")
    assert set(load_packs(Places(project=tmp_path), trusted=False).packs) == set(SHIPPED.packs)
    with pytest.raises(ConfigError):
        load_packs(Places(project=tmp_path), trusted=True)


def test_a_named_file_counts_before_all_others_and_a_user_may_replace_a_shipped_pack(tmp_path: Path) -> None:
    named = write(tmp_path / "named", GOOD.replace("id: test", "id: go"), "go.yaml")
    write(tmp_path / "user" / "validators", GOOD.replace("id: test", "id: go").replace("Test", "Mine"), "go.yaml")
    places = Places(user=tmp_path / "user")
    assert load_packs(places, trusted=False).packs["go"].title == "Mine"
    assert load_packs(places, trusted=False, explicit=[named]).packs["go"].title == "Test"


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "validators"
    write(folder, "id: a\n", "a.yaml")
    write(folder, "id: b\n", "b.yaml")
    with pytest.raises(ConfigError) as caught:
        load_packs(Places(user=tmp_path), trusted=False)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def test_the_shipped_schema_is_the_generated_one() -> None:
    """To renew it: write `orchestrator.validation.packs.schema_text()` to the file."""
    assert (ROOT / "validators" / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_reference_page_holds_every_key() -> None:
    """To renew it: put `orchestrator.validation.packs.key_tables()` between its two marks."""
    page = (ROOT / "docs" / "reference" / "packs.md").read_text(encoding="utf-8")
    assert page.split("<!-- keys -->\n")[1].split("<!-- end -->")[0].strip() == key_tables().strip()


@pytest.mark.parametrize("name", SHIPPED.packs)
def test_the_schema_accepts_what_is_shipped(name: str) -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    document = YAML(typ="safe", pure=True).load(SHIPPED.files[name].read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(json.dumps(document)))] == []


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"\n 0.#%@`\t\\x"), max_size=60))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    document = parse(text, "x.yaml")
    assert (document.data is not None) or document.problems


def test_the_pack_of_the_guide_can_be_read(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "how-to" / "add-a-language.md").read_text(encoding="utf-8")
    text = guide.split("```yaml\n")[1].split("```")[0]
    assert read_pack(write(tmp_path, text, "zig.yaml")).id == "zig"
