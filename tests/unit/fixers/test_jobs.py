"""Jobs done in a workshop: what changes, what is said of it, what is held, and why one cannot be done."""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import anyio.to_thread
import pytest

from orchestrator.domain.diagnosis import ToolRun
from orchestrator.domain.fixing import Fixed
from orchestrator.domain.intent import IntentOrder
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.suggestion import applied
from orchestrator.domain.tree import CommitId
from orchestrator.errors import EditError
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.performer import Performer
from orchestrator.fixers.intents.rename import rename_edits
from orchestrator.fixers.intents.snapshots import recorders
from orchestrator.fixers.intents.workshop import Workshop

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
NODE = '{"devDependencies": {"jest": "30", "prettier": "3"}}'


@dataclass
class Folder:
    """Workshops over a folder, with programs of its own: name -> argv that is run in its place."""

    root: Path
    texts: Mapping[str, str]
    programs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    has_network: bool = False
    below: str = ""
    ran: list[tuple[str, Probe]] = field(default_factory=list)

    @asynccontextmanager
    async def workshop(self, order: IntentOrder) -> AsyncIterator[Workshop]:
        self.below = order.below
        for name, text in self.texts.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        yield self

    def matching(self, globs: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in self.texts if any(fnmatch(name, glob) for glob in globs))

    async def run(self, probe: Probe, *, folder: str = "", is_setup: bool = False) -> ToolRun:
        del is_setup
        self.ran.append((folder, probe))
        argv = self.programs.get(probe.argv[0])
        if argv is None:
            raise FileNotFoundError(probe.argv[0])
        done = await anyio.to_thread.run_sync(lambda: self._started([*argv, *probe.argv[1:]], probe, folder))
        return ToolRun(
            argv=probe.argv, stdout=done.stdout, stderr=done.stderr, exit_code=done.returncode, about=probe.about
        )

    def _started(self, argv: list[str], probe: Probe, folder: str) -> subprocess.CompletedProcess[str]:
        cwd = self.root / folder
        return subprocess.run(argv, cwd=cwd, input=probe.stdin, capture_output=True, text=True, check=False)

    def now(self, names: Iterable[str]) -> Mapping[str, str]:
        return {name: (self.root / name).read_text() for name in names if (self.root / name).is_file()}


def order(name: str, *accept: str, below: str = "", **arguments: object) -> IntentOrder:
    given: JsonObject = {key: value for key, value in arguments.items() if isinstance(value, str | list)}
    return IntentOrder(base=CommitId("0" * 40), name=name, arguments=given, below=below, accept=frozenset(accept))


async def done(folder: Folder, wanted: IntentOrder) -> Fixed:
    return await Performer(workshops=folder).perform(wanted)


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.mark.anyio
@pytest.mark.skipif(RUFF is None, reason="ruff is missing")
async def test_every_file_is_formatted_and_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"a.py": "x=1\n", "b/c.py": "y = 2\n", "bad.py": "def (\n"}, {"ruff": [str(RUFF)]})
    fixed = await done(folder, order("format"))
    assert fixed.changes == {"a.py": "x = 1\n"}
    assert [(one.source, one.message) for one in fixed.steps] == [("ruff", "format a.py")]
    [held] = fixed.held
    assert held.startswith("ruff: ")
    assert "bad.py" in held


@pytest.mark.anyio
@pytest.mark.skipif(RUFF is None, reason="ruff is missing")
async def test_imports_are_sorted_except_where_the_project_excludes_the_file(tmp_path: Path) -> None:
    text = "import sys\nimport os\n"
    texts = {"a.py": text, "vendored.py": text, "ruff.toml": 'extend-exclude = ["vendored.py"]\n'}
    fixed = await done(Folder(tmp_path, texts, {"ruff": [str(RUFF)]}), order("sort-imports"))
    assert fixed.changes == {"a.py": "import os\nimport sys\n"}
    assert fixed.steps[0].message == "sort the imports of a.py"


@pytest.mark.anyio
async def test_many_files_are_given_to_a_tool_in_portions(tmp_path: Path) -> None:
    texts = {f"{number}.go": "x\n" for number in range(250)}
    gofmt = script("import sys; [open(name, 'a').write('y') for name in sys.argv[2:]]")
    folder = Folder(tmp_path, texts, {"gofmt": gofmt})
    fixed = await done(folder, order("format"))
    assert fixed.changes == dict.fromkeys(texts, "x\ny")
    assert len(folder.ran) == 2
    assert fixed.steps[0].message == "format 0.go, 1.go, 2.go, 3.go, 4.go and 245 more"


@pytest.mark.anyio
async def test_a_missing_tool_is_named_and_nothing_is_changed(tmp_path: Path) -> None:
    fixed = await done(Folder(tmp_path, {"a.py": "x=1\n"}), order("format"))
    assert (fixed.changes, fixed.held) == ({}, ())
    assert fixed.why == "ruff is missing; install it, then try again"


@pytest.mark.anyio
async def test_a_formatter_of_a_package_is_run_there_and_nowhere_else(tmp_path: Path) -> None:
    texts = {"web/package.json": NODE, "web/src/a.ts": "a\n", "site.css": "b\n"}
    prettier = script("import sys; open(sys.argv[-1], 'a').write(f'formatted by {sys.argv[-1]}')")
    folder = Folder(tmp_path, texts, {"node_modules/.bin/prettier": prettier})
    fixed = await done(folder, order("format"))
    assert fixed.changes == {"web/src/a.ts": "a\nformatted by ./src/a.ts"}
    assert [where for where, _ in folder.ran] == ["web"]


@pytest.mark.anyio
async def test_a_header_is_added_to_what_the_globs_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"a.py": "x = 1\n", "b.go": "package b\n"})
    fixed = await done(folder, order("licence", spdx="MIT", text="", files=["*.py"]))
    assert fixed.changes == {"a.py": "# SPDX-License-Identifier: MIT\n\nx = 1\n"}
    again = await done(Folder(tmp_path, fixed.changes), order("licence", spdx="MIT", text="", files=["*.py"]))
    assert again == Fixed()
    nothing = await done(folder, order("licence", spdx="MIT", text="", files=["*.rs"]))
    assert nothing.why == "no file fits *.rs"


@pytest.mark.anyio
async def test_a_name_is_renamed_below_the_folder_of_the_order(tmp_path: Path) -> None:
    texts = {"py/rates.py": "def rate():\n    return 1\n", "py/use.py": "from rates import rate\n"}
    wanted = order("rename", below="py", symbol="rate", to="share", file="py/rates.py")
    fixed = await done(Folder(tmp_path, texts), wanted)
    assert fixed.changes["py/use.py"] == "from rates import share\n"
    assert fixed.steps[0].message == "rename rate to share in 2 files"
    refused = await done(Folder(tmp_path, texts), order("rename", symbol="x", to="y", file="py/rates.py"))
    assert "does not define 'x'" in refused.why


def test_a_rename_follows_relative_imports_names_passed_on_handles_and_exports() -> None:
    texts = {
        "src/till/__init__.py": 'from .rates import rate\n\n__all__ = ["rate"]\n',
        "src/till/rates.py": "def rate():\n    return 1\n",
        "src/till/deep/use.py": "from ..rates import rate as share\nfrom .. import rates\n\nrates.rate(share)\n",
        "test_a.py": "import till as shop\nfrom till import rate\n\nassert rate() == shop.rate() != 'rate'\n",
        "tests/other.py": "from elsewhere import rate\n\nrate()\n",
    }
    assert applied(texts, rename_edits(texts, "src/till/rates.py", old="rate", new="yearly")) == {
        "src/till/__init__.py": 'from .rates import yearly\n\n__all__ = ["yearly"]\n',
        "src/till/rates.py": "def yearly():\n    return 1\n",
        "src/till/deep/use.py": "from ..rates import yearly as share\nfrom .. import rates\n\nrates.yearly(share)\n",
        "test_a.py": "import till as shop\nfrom till import yearly\n\nassert yearly() == shop.yearly() != 'rate'\n",
    }


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ("from rates import *\n\nprint(rate())\n", "it imports all of rates"),
        ("from rates import rate\n\nshare = rate()\n", "'share' is a name there already"),
    ],
)
def test_a_rename_is_refused_where_a_user_of_the_name_would_break(user: str, reason: str) -> None:
    texts = {"rates.py": "def rate():\n    return 1\n", "use.py": user}
    with pytest.raises(EditError, match=reason) as caught:
        rename_edits(texts, "rates.py", old="rate", new="share")
    assert caught.value.path == "use.py"


LOCKED = {"Cargo.toml": "[package]\n", "Cargo.lock": "old\n"}
WRITES = script("import sys; open('Cargo.lock', 'w').write(' '.join(sys.argv[1:]))")


@pytest.mark.anyio
async def test_a_lock_file_is_held_until_a_person_accepts_dependencies(tmp_path: Path) -> None:
    fixed = await done(Folder(tmp_path, LOCKED, {"cargo": WRITES}), order("lock"))
    assert fixed.changes == {}
    assert fixed.held == ("cargo: write Cargo.lock anew; accept: [dependencies] takes it",)
    assert "a person has to allow it" in fixed.why
    taken = await done(Folder(tmp_path, LOCKED, {"cargo": WRITES}), order("lock", "dependencies"))
    assert taken.changes == {"Cargo.lock": "generate-lockfile --offline"}


@pytest.mark.anyio
async def test_a_lock_file_is_written_online_only_where_there_is_a_network(tmp_path: Path) -> None:
    folder = Folder(tmp_path, LOCKED, {"cargo": WRITES}, has_network=True)
    assert (await done(folder, order("lock", "dependencies"))).changes == {"Cargo.lock": "generate-lockfile"}
    failing = script("import sys; sys.exit('error: no crate named x')")
    offline = await done(Folder(tmp_path, LOCKED, {"cargo": failing}), order("lock"))
    assert offline.why.startswith("Cargo.lock: cargo failed: error: no crate named x")
    assert '[sandbox] network = "all"' in offline.why
    nothing = await done(Folder(tmp_path, {"Cargo.toml": ""}), order("lock"))
    assert nothing.why.startswith("there is no lock file beside its manifest")


@pytest.mark.anyio
async def test_what_tests_recorded_is_recorded_anew_only_where_that_was_accepted(tmp_path: Path) -> None:
    texts = {"web/package.json": NODE, "web/a.snap": "old\n", "web/a.js": "same\n"}
    jest = {"node_modules/.bin/jest": script("open('a.snap', 'w').write('new'); open('a.js', 'w').write('x')")}
    held = await done(Folder(tmp_path, texts, jest), order("snapshots", "dependencies"))
    assert held.held == ("jest: record web/a.snap anew; accept: [expectations] takes it",)
    taken = await done(Folder(tmp_path, texts, jest), order("snapshots", "expectations"))
    assert taken.changes == {"web/a.snap": "new"}
    nothing = await done(Folder(tmp_path, {"package.json": NODE}), order("snapshots"))
    assert nothing.why.startswith("nothing here records what its tests expect")


def test_the_recorder_is_the_one_that_the_manifest_names() -> None:
    texts = {
        "pyproject.toml": 'dev = ["syrupy"]',
        "tests/__snapshots__/test_a.ambr": "x",
        "web/package.json": '{"devDependencies": {"vitest": "4"}}',
        "web/__snapshots__/a.snap": "x",
        "rust/Cargo.toml": "[dev-dependencies]\ninsta = '1'\n",
    }
    assert [(folder, row.word) for folder, row in recorders(texts)] == [("", "syrupy"), ("web", "vitest")]
