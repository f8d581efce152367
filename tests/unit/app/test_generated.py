"""What a tool made beside tracked sources, and git ignores, is seen in every copy; nothing else that is ignored is."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.app.generated import generated_in, lay_generated
from orchestrator.app.validating import ValidationRequest, validate
from orchestrator.app.warmups import seeing_generated
from orchestrator.config import Loaded, Settings
from orchestrator.config.settings import SandboxSettings
from orchestrator.domain.assessment import Scope
from orchestrator.domain.ids import RunId
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.packs import detect
from orchestrator.workspace.git import Git
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Terms, WarmUp, open_places
from tests.unit.app.courts import a_bench
from tests.unit.validation.packs.projects import SHIPPED

pytestmark = pytest.mark.anyio

MADE = "# This file is generated from words.g4. Do not edit.\nWORDS = 1\n"
VERSION = "__version__ = '1.2'\n"
IGNORED = (
    "_version.py",
    "parser.py",
    "local.py",
    "build/",
    ".venv/",
    "__pycache__/",
    "fresh/",
    "app.js",
    "made.ts",
    "link.py",
    "big.py",
)
TRACKED = {
    "pyproject.toml": "[project]\nname = 'words'\n",
    "words/__init__.py": "from words._version import __version__\nfrom words.parser import WORDS\n",
    "words/words.g4": "grammar words;\n",
    "test_words.py": (
        "import unittest\nimport words\n\nclass Words(unittest.TestCase):\n"
        "    def test_version(self):\n        self.assertEqual((words.__version__, words.WORDS), ('1.2', 1))\n"
    ),
    "web/package.json": "{}\n",
    "web/app.ts": "export const one = 1\n",
    ".gitignore": "\n".join(IGNORED),
}
SEEN = {"words/_version.py": VERSION, "words/parser.py": MADE, "web/made.ts": "// Code generated. DO NOT EDIT.\n"}
UNSEEN = {
    "words/local.py": "PASSWORD = 'mine'\n",  # ignored, and by no sign made by a tool
    "words/fresh/parser.py": MADE,  # in a folder of its own
    "build/lib/_version.py": VERSION,
    ".venv/lib/parser.py": MADE,
    "words/__pycache__/parser.py": MADE,
    "docs/_version.py": VERSION,  # beside no tracked source
    "web/app.js": "// generated from app.ts\n",  # what a build makes of the tracked file beside it
    "web/_version.py": VERSION,  # no language of that project
    "big.py": MADE + "#" * (1 << 20),
}


@pytest.fixture
def repo(tmp_path: Path) -> TempRepo:
    made = TempRepo(tmp_path / "project").commit(TRACKED)
    made.write({**SEEN, **UNSEEN})
    (made.folder / "words" / "link.py").symlink_to("parser.py")
    return made


async def found_in(repo: TempRepo) -> dict[str, str]:
    projects = detect(TRACKED, TRACKED.get, packs=SHIPPED)
    return await generated_in(await Git.find(), repo.folder, known=lambda: (projects, SHIPPED))


async def test_what_was_generated_is_found_and_nothing_else_that_is_ignored(repo: TempRepo) -> None:
    assert await found_in(repo) == SEEN


async def test_where_nothing_is_ignored_there_is_nothing(tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "project").commit({**TRACKED, **SEEN, ".gitignore": ""})
    assert await found_in(repo) == {}


async def test_it_takes_the_place_of_nothing_and_makes_no_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    copy = tmp_path / "copy"
    (copy / "words").mkdir(parents=True)
    (copy / "words" / "parser.py").write_text("mine\n")
    (copy / "linked").symlink_to(tmp_path / "outside")
    await lay_generated(copy, {**SEEN, "linked/a.py": MADE})
    assert (copy / "words" / "parser.py").read_text() == "mine\n"
    assert (copy / "words" / "_version.py").read_text() == VERSION
    assert not (copy / "web").exists()
    assert list((tmp_path / "outside").iterdir()) == []


async def test_what_was_made_of_a_file_that_is_another_now_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    await lay_generated(tmp_path, SEEN, changed=["words/words.g4"])
    assert [path.name for path in (tmp_path / "words").iterdir()] == ["_version.py"]


@pytest.mark.parametrize("mode", ["auto", "off"])
async def test_a_base_and_its_candidates_are_judged_with_it_and_no_candidate_holds_it(
    repo: TempRepo, tmp_path: Path, mode: str
) -> None:
    before = repo.git("status", "--porcelain", "--ignored")
    scope = Scope(stages=frozenset({"test"}))
    async with a_bench(repo, tmp_path, mode=mode) as bench:
        assert (await bench.court.survey(bench.base, scope)).assessment.status is VerdictStatus.PASSED
        candidate = await bench.candidate({"words/more.py": "MORE = 1\n"})
        assert (await bench.court.survey(candidate, scope)).assessment.status is VerdictStatus.PASSED
        async with bench.jury.trials.open(candidate) as room:
            assert "words/parser.py" not in room.files
        stale = await bench.candidate({"words/words.g4": "grammar other;\n"})
        assert (await bench.court.survey(stale, scope)).assessment.status is VerdictStatus.FAILED
        assert repo.git("status", "--porcelain", "--ignored") == before


@pytest.mark.parametrize("way", ["overlay", "copy"])
async def test_a_command_in_a_checkout_sees_what_was_made_of_no_tracked_file_and_no_result_holds_it(
    repo: TempRepo, tmp_path: Path, way: str
) -> None:
    async with await RunRepository.create(repo.folder, RunId("r"), state_dir=tmp_path / "state") as repository:
        warm_up = await seeing_generated(repository, {})
        terms = Terms(sandboxed=way == "overlay", fault_of=lambda _: "")
        async with (
            open_places(repository, tmp_path / "warm", warm_up=warm_up, terms=terms) as places,
            places.place(repository.facts.base) as placed,
        ):
            files = Path(placed.place.overlays[0].lower if way == "overlay" else placed.place.folder)
            assert (files / "words" / "_version.py").read_text() == VERSION
            assert not (files / "words" / "parser.py").exists()
            assert await placed.collect() == repository.facts.tree


async def test_where_nothing_was_generated_checkouts_are_as_they_were(tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "project").commit(TRACKED).write(UNSEEN)
    async with await RunRepository.create(repo.folder, RunId("r"), state_dir=tmp_path / "state") as repository:
        assert await seeing_generated(repository, {}) == WarmUp()


async def test_files_are_validated_with_it_and_a_base_without_what_was_made_since(
    repo: TempRepo, tmp_path: Path
) -> None:
    loaded = Loaded(Settings(sandbox=SandboxSettings.model_validate({"mode": "off"})), {})
    environ = {**os.environ, "RUNG_STATE_DIR": str(tmp_path / "state")}
    request = ValidationRequest(path=repo.folder, stages=frozenset({"test"}))
    assert (await validate(request, loaded, environ=environ)).status is VerdictStatus.PASSED
    repo.commit({"words/words.g4": "grammar other;\n"})
    said = await validate(replace(request, base="HEAD~1"), loaded, environ=environ)
    assert said.judgement is not None
    assert said.status is VerdictStatus.PASSED, said
    assert said.judgement.left or said.judgement.fixed, "without the parser nothing can be imported in the base"
