"""What the documentation shows is tried: commands run, Python runs, workflows load, links lead somewhere.

The blocks of one document run in order in one copy of the project. Output shown below a command must be what it
prints (``...`` stands for anything).
"""

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scripts.doc_blocks import Block, MarkupError, Step, blocks, steps
from scripts.project import ROOT, project_files
from tests.acceptance.skeleton import no_sandbox

DOCUMENTS = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md")})
PAGES = [ROOT / path for path in project_files() if path.suffix == ".md"]
MOST_UNTRIED = 6
LONGEST = 100
SHELLS = frozenset({"bash", "sh"})
PLAIN = frozenset({"", "text", "mermaid", "dot"})
"""Languages of blocks that show something and hold nothing to try."""


def called(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's files, made once."""
    copy = tmp_path_factory.mktemp("docs") / "project"
    for path in project_files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    return copy


@pytest.fixture
def project(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that one document may change, with a configuration and a state of its own."""
    for name in ("config", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    return Path(shutil.copytree(pristine, tmp_path / "project"))


def run(argv: tuple[str, ...], folder: Path) -> tuple[int, str]:
    """Exit code and output of a command, with the project's own tools first on PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1"}
    if no_sandbox():
        environment["RUNG_SANDBOX__MODE"] = "off"
    ended = subprocess.run(
        argv,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return ended.returncode, ended.stdout


def check_output(step: Step, printed: str) -> None:
    if not step.expected:
        return
    wanted = "\n".join(step.expected) + "\n"
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(wanted, printed, flags), (
        f"$ {step.command}\nis shown with\n{wanted}\nbut prints\n{printed}"
    )


def try_console(block: Block, project: Path) -> None:
    found = steps(block.text)
    for step in found:
        code, printed = run(("bash", "-c", step.command), project / block.cwd)
        assert code == (block.exit_code if step is found[-1] else 0), f"$ {step.command}\nexit code {code}\n{printed}"
        check_output(step, printed)


def try_shell(block: Block, project: Path) -> None:
    code, printed = run(("bash", "-euo", "pipefail", "-c", block.text), project / block.cwd)
    assert code == block.exit_code, f"exit code {code}\n{printed}"


def try_python(block: Block, project: Path) -> None:
    code, printed = run((sys.executable, "-W", "error", "-c", block.text), project / block.cwd)
    assert code == block.exit_code, f"exit code {code}\n{printed}"


def try_yaml(block: Block, project: Path) -> None:
    if re.search(r"^nodes:", block.text, re.MULTILINE):
        from orchestrator.workflow import loads

        loads(block.text, source=str(block), base=(project / block.file).parent)
    else:
        assert YAML(typ="safe").load(block.text) is not None


def try_toml(block: Block, _: Path) -> None:
    tomllib.loads(block.text)


def try_json(block: Block, _: Path) -> None:
    json.loads(block.text)


TRIED = {
    "console": try_console,
    **dict.fromkeys(SHELLS, try_shell),
    "python": try_python,
    "yaml": try_yaml,
    "toml": try_toml,
    "json": try_json,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("document", DOCUMENTS, ids=called)
def test_every_block_does_what_it_shows(document: Path, project: Path) -> None:
    for block in blocks(document, ROOT):
        if block.no_run or block.language in PLAIN:
            continue
        assert block.language in TRIED, f"{block}: nobody tries blocks of {block.language!r}"
        try:
            TRIED[block.language](block, project)
        except Exception as error:
            error.add_note(f"in the block at {block}")
            raise


def test_few_blocks_are_left_untried() -> None:
    untried = [f"{block}: {block.no_run}" for path in DOCUMENTS for block in blocks(path, ROOT) if block.no_run]
    assert len(untried) <= MOST_UNTRIED, untried


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^ *```.*?^ *```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    local = [target for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in local if not (page.parent / target.partition("#")[0]).exists()] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s]+\.md[^)\s]*)\)", page.read_text(encoding="utf-8"))
    }
    assert [called(page) for page in DOCUMENTS if page.resolve() not in linked and page != ROOT / "README.md"] == []


def document(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nfalse\n```\n",
        "```bash\nfalse | true\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ false\n$ true\n```\n",
        "<!-- run: exit=3 -->\n```bash\nexit 4\n```\n",
        "```python\nassert False\n```\n",
        "```toml\n= 1\n```\n",
        "```json\n{,}\n```\n",
    ],
)
def test_a_block_that_does_not_work_is_seen(text: str, tmp_path: Path) -> None:
    (block,) = blocks(document(tmp_path, text), tmp_path)
    with pytest.raises((AssertionError, ValueError)):
        TRIED[block.language](block, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- run: cwd=sub exit=3 -->\n\n```bash\n[ -e here ]; exit 3\n```\n",
        "```console\n$ echo 1 2\n1 ...\n$ printf a\n> printf b\n```\n",
        "  ```python\n  if True:\n      pass\n  ```\n",
    ],
)
def test_a_block_that_works_passes(text: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "here").touch()
    (block,) = blocks(document(tmp_path, text), tmp_path)
    TRIED[block.language](block, tmp_path)


@pytest.mark.parametrize("comment", ["<!-- no-run: -->", "<!-- run: wd=x -->"])
def test_a_directive_that_says_nothing_known_is_refused(comment: str, tmp_path: Path) -> None:
    with pytest.raises(MarkupError):
        list(blocks(document(tmp_path, f"{comment}\n```bash\ntrue\n```\n"), tmp_path))


@pytest.mark.parametrize("text", ["<!-- run: exit=1 -->\nprose\n", "<!-- run: exit=1 -->\n", "```bash\ntrue\n"])
def test_a_directive_without_a_block_and_a_block_without_an_end_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(MarkupError):
        list(blocks(document(tmp_path, text), tmp_path))
