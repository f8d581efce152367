"""`rung run` on workflows whose nodes do jobs that need no model, on small real projects."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import RUST, Rung, Told
from tests.acceptance.skeleton import no_sandbox

TOOLS = Path(sys.executable).parent
"""Where a tool of this checkout's own environment lies, ruff for example."""
RATES = "def rate( years ):\n    return years * 2\n"
TESTS = """import unittest
from till import rate
class Till(unittest.TestCase):
    def test_rate(self):
        self.assertEqual(str(rate(2)) , '4')
"""
JOBS = """nodes:
  rename:
    kind: fix
    intent: { rename: { symbol: rate, to: yearly_rate, file: till/rates.py } }
  header:
    kind: fix
    needs: rename
    intent: { licence: { spdx: Apache-2.0, files: ["till/*.py"] } }
"""
FORMAT = """  format: { kind: fix, needs: header, intent: format }
  all: { kind: merge, needs: format, permits: [tests] }
"""
LOCK = """inputs: { accept: { default: "" } }
nodes:
  lock: { kind: fix, intent: lock, accept: ["${{ inputs.accept }}"] }
"""
CARGO = {
    "Cargo.toml": '[package]\nname = "till"\nversion = "0.2.0"\nedition = "2021"\n',
    "Cargo.lock": 'version = 3\n\n[[package]]\nname = "till"\nversion = "0.1.0"\n',
    "src/lib.rs": "#[test]\nfn one() {\n    assert_eq!(1, 1);\n}\n",
    "rung.yaml": LOCK,
}


@pytest.fixture
def project(rung: Rung, tmp_path: Path) -> Rung:
    """``rung run rung.yaml`` on a project of these files, in the sandbox where there is one."""
    mode = "off" if no_sandbox() else "auto"
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"

    def call(files: Mapping[str, str], *arguments: str) -> Told:
        folder = TempRepo(tmp_path / "project").commit(dict(files)).folder
        return rung(
            "run", "rung.yaml", "--apply", "--sandbox", mode, *arguments, cwd=folder, env={"PATH": path, **RUST}
        )

    return call


def test_jobs_follow_each_other_and_land_beside_the_tests_that_still_pass(project: Rung, tmp_path: Path) -> None:
    has_ruff = shutil.which("ruff", path=f"{TOOLS}{os.pathsep}{os.environ['PATH']}") is not None
    files = {
        "pyproject.toml": '[project]\nname = "till"\nversion = "1"\n',
        "till/__init__.py": "from .rates import rate\n",
        "till/rates.py": RATES,
        "test_till.py": TESTS,
        "rung.yaml": JOBS + (FORMAT if has_ruff else ""),
    }
    told = project(files)
    assert told.code == 0, told
    assert "rename rate to yearly_rate in 3 files" in told.out
    folder = tmp_path / "project"
    header = "# SPDX-License-Identifier: Apache-2.0\n\n"
    assert (folder / "till/__init__.py").read_text() == f"{header}from .rates import yearly_rate\n"
    signature = "def yearly_rate(years):" if has_ruff else "def yearly_rate( years ):"
    rates = (folder / "till/rates.py").read_text()
    assert rates.startswith(header)
    assert rates.endswith(f"\n{signature}\n    return years * 2\n")
    quoted = '(str(yearly_rate(2)), "4")' if has_ruff else "(str(yearly_rate(2)) , '4')"
    assert quoted in (folder / "test_till.py").read_text()


def test_a_rename_that_would_break_the_tests_does_not_land(project: Rung, tmp_path: Path) -> None:
    files = {
        "rates.py": "def rate():\n    return 1\n",
        "test_rates.py": "import unittest\nimport rates\n\n\nclass Rates(unittest.TestCase):\n"
        "    def test_rate(self):\n        self.assertEqual(getattr(rates, 'ra' + 'te')(), 1)\n",
        "rung.yaml": "nodes:\n  a: { kind: fix, intent: { rename: { symbol: rate, to: share, file: rates.py } } }\n",
    }
    told = project(files)
    assert told.code == 1, told
    assert "AttributeError" in told.out
    assert (tmp_path / "project" / "rates.py").read_text() == files["rates.py"]


def test_a_job_that_cannot_be_done_says_why_in_one_line(project: Rung) -> None:
    told = project({"a.py": "x = 1\n", "rung.yaml": "nodes:\n  lock: { kind: fix, intent: lock }\n"})
    assert told.code == 1, told
    assert "there is no lock file beside its manifest" in " ".join(told.out.split())
    assert "Traceback" not in told.err


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is missing")
def test_a_lock_file_waits_for_a_person_and_lands_once_accepted(project: Rung, tmp_path: Path) -> None:
    held = project(CARGO)
    assert held.code == 1, held
    assert "accept: [dependencies] takes it" in " ".join(held.out.split())
    lock = tmp_path / "project" / "Cargo.lock"
    assert lock.read_text() == CARGO["Cargo.lock"]
    taken = project({}, "--input", "accept=dependencies")
    assert taken.code == 0, taken
    assert 'version = "0.2.0"' in lock.read_text()
