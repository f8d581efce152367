"""The command behaves in every state that a caller may leave its surroundings in."""

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.frontends.cli.group import VERBS

RUNG = f"{shlex.quote(sys.executable)} -m orchestrator"


def shell(script: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", script],
        check=False,
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_names_every_verb_and_imports_nothing_heavy(rung: Callable[..., Any], tmp_path: Path) -> None:
    told = rung("--help")
    assert told.code == 0
    assert [line.split()[0] for line in told.out.partition("Verbs:\n")[2].splitlines()[: len(VERBS)]] == list(VERBS)
    code = (
        "import sys\n"
        "from orchestrator.frontends.cli.entry import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = {'networkx', 'rich', 'pydantic', 'ruamel', 'anyio', 'structlog', 'asyncio', 'openai', 'anthropic'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == "loaded: []\n"


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example(rung: Callable[..., Any], verb: str) -> None:
    told = rung(verb, "--help")
    assert (told.code, told.err) == (0, "")
    assert f"rung {verb}" in told.out.partition("Example:")[2]


def test_the_version_is_the_packages(rung: Callable[..., Any]) -> None:
    assert re.fullmatch(r"rung \d+\.\d+\.\d+\n", rung("--version").out)


WRONG_USAGE = {
    "": "Usage: rung",
    "rnu": "rung: no such verb 'rnu'; did you mean 'run'? (see 'rung --help')\n",
    "zzzzzz": f"rung: no such verb 'zzzzzz'; there are: {', '.join(VERBS)} (see 'rung --help')\n",
    "run": "rung: missing argument 'FILE' (see 'rung run --help')\n",
    "check": "rung: missing argument 'FILE...' (see 'rung check --help')\n",
    "--nope": "rung: no such option '--nope'",
    "config --jsn": "rung: no such option '--jsn'; did you mean '--json'? (see 'rung config --help')\n",
    "run x --max-parallel 0": "rung: invalid value for '--max-parallel': 0 is not in the range 1<=x<=1000",
    "run x --max-parallel many": "rung: invalid value for '--max-parallel': 'many' is not a valid",
    "graph x --format png": "rung: invalid value for '--format': 'png' is not one of",
    "graph nowhere.yaml": "rung: nowhere.yaml: ",
    "graph nothing": "rung: nothing: there is no such file, and no name in workflows",
    "config --set x": "rung: --set x: it is not KEY=VALUE",
}


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_wrong_usage_is_told_in_one_line_and_has_exit_code_two(rung: Callable[..., Any], arguments: str) -> None:
    told = rung(*arguments.split())
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(WRONG_USAGE[arguments])
    assert "Traceback" not in told.err
    assert not arguments or told.err.count("\n") == 1


def test_an_unknown_level_of_the_log_is_told(rung: Callable[..., Any]) -> None:
    told = rung("config", env={"RUNG_LOG": "loud"})
    assert (told.code, told.err) == (
        2,
        "rung: RUNG_LOG: there is no level 'loud' (known: debug, info, warning, error)\n",
    )


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    done = shell(f"exec 3> >(exec true); wait $!; {RUNG} config --schema >&3; echo code $? >&2", tmp_path)
    assert done.stderr == "code 141\n"
    done = shell(f"exec 3> >(exec true); wait $!; {RUNG} --help >&3; echo code $? >&2", tmp_path)
    assert done.stderr == "code 141\n"


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&-"])
def test_closed_streams_are_no_failure(tmp_path: Path, closed: str) -> None:
    done = shell(f"{RUNG} config --schema {closed}; echo code $?", tmp_path)
    assert done.stdout.endswith("code 0\n")
    assert done.stderr == ""


def test_nothing_is_printed_into_a_file_that_took_a_closed_streams_number(tmp_path: Path) -> None:
    done = shell(f"{RUNG} init first.yaml >&- 2>&-; echo code $?; {RUNG} check nowhere.yaml >&- 2>&-", tmp_path)
    assert done.stdout == "code 0\n"
    assert "is written" not in (tmp_path / "first.yaml").read_text()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    done = shell(f"{RUNG} config >/dev/full; echo code $?", tmp_path)
    assert (done.stdout, done.stderr) == (
        "code 1\n",
        "rung: standard output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize(("locale", "encoding"), [("C", ""), ("POSIX", "ascii"), ("xx_YY.nonsense", "latin-1")])
def test_any_locale_will_do(rung: Callable[..., Any], tmp_path: Path, locale: str, encoding: str) -> None:
    (tmp_path / "rung.toml").write_text("[limits]\n'ключ' = 1\n", encoding="utf-8")
    environ = {"LC_ALL": locale, "LANG": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    told = rung("config", env={**environ, "PYTHONIOENCODING": encoding})
    assert told.code == 2
    assert told.err.startswith("rung: rung.toml:2: limits.")
    assert told.err.endswith("(known: max_parallel, minutes, nodes)\n")


def test_it_works_without_a_home_and_in_a_directory_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    script = f'env -i PATH="$PATH" {RUNG} config'
    done = shell(script, tmp_path)
    tmp_path.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")
    assert "limits.max_parallel = 4" in done.stdout


def test_a_working_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    package = Path(__file__).parents[2]
    script = f"mkdir d && cd d && rmdir ../d && PYTHONPATH={shlex.quote(str(package))} {RUNG} config"
    done = shell(script, tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("rung: the working directory cannot be used: No such file or directory")


def test_a_hostile_file_name_cannot_steer_the_terminal(rung: Callable[..., Any]) -> None:
    told = rung("check", "a\x1b[31m\u202eb.yaml")
    assert told.code == 2
    assert "\x1b" not in told.err
    assert "\u202e" not in told.err


@pytest.mark.parametrize("mask", ["000", "077", "777"])
def test_a_bug_is_one_line_and_a_report_that_only_the_owner_reads(tmp_path: Path, mask: str) -> None:
    state = tmp_path / "state"
    code = (
        "import sys\n"
        "from orchestrator.frontends.cli import entry, session\n"
        "def broken(*arguments): raise LookupError('the engine fell over')\n"
        "session.start_logging = broken\n"
        "sys.argv = ['rung', 'config', '--set', 'secret=hunter2']\n"
        "entry.main()\n"
    )
    script = f"umask {mask}; {shlex.quote(sys.executable)} -c {shlex.quote(code)}"
    done = shell(script, tmp_path, XDG_STATE_HOME=str(state))
    assert done.returncode == 70
    [report] = (state / "rung").iterdir()
    assert done.stderr == (
        f"rung: this is a bug in rung: LookupError: the engine fell over (please send {report} to the maintainers)\n"
    )
    text = report.read_text()
    assert "Traceback" in text
    assert "verb: config" in text
    assert "hunter2" not in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700
