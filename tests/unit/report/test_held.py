"""What held the code under repair is one short line in every report, and all of it in the document."""

from dataclasses import replace

import pytest

from orchestrator.domain.events import Event, SandboxPrepared
from orchestrator.domain.sandbox import HeldLimit, SandboxRecord
from orchestrator.report import document, markdown, summary_text
from orchestrator.report.story import held
from tests.unit.report.script import START, fold

RECORD = SandboxRecord(
    launcher="bubblewrap 0.8.0",
    namespaces=("net", "pid"),
    network="none",
    seccomp=True,
    limits=(
        HeldLimit(name="memory_mb", value=900, by=("cgroup v2", "RLIMIT_DATA")),
        HeldLimit(name="open_files", value=64, by=("RLIMIT_NOFILE",)),
        HeldLimit(name="seconds", value=60, by=("engine",)),
    ),
    overlays={"/caches/npm": "copy"},
    git=True,
)
OFF = SandboxPrepared(START, "unshare", None, "switched off by its user")


@pytest.mark.parametrize(
    ("sandbox", "line"),
    [
        (SandboxPrepared(START, "sandbox", RECORD), "sandbox bubblewrap 0.8.0: no network, 900 MB, 60 s"),
        (
            SandboxPrepared(START, "sandbox", replace(RECORD, network="all", seccomp=False, limits=())),
            "sandbox bubblewrap 0.8.0: the host's network, system calls not filtered",
        ),
        (OFF, "sandbox off (switched off by its user): plain copies, isolation unshare"),
    ],
)
def test_it_is_one_line(editing: list[Event], sandbox: SandboxPrepared, line: str) -> None:
    assert held(sandbox) == line
    state = fold([editing[0], sandbox, *editing[1:]])
    assert line in summary_text(state)
    assert f"Code under repair ran in: <code>{line.partition(':')[0].partition(' (')[0]}" in markdown(state)


def test_the_document_holds_all_of_it(editing: list[Event]) -> None:
    state = fold([editing[0], SandboxPrepared(START, "sandbox", RECORD), *editing[1:]])
    assert document(state)["sandbox"] == {
        "isolation": "sandbox",
        "why": "",
        "launcher": "bubblewrap 0.8.0",
        "namespaces": ["net", "pid"],
        "network": "none",
        "seccomp": True,
        "limits": [
            {"name": "memory_mb", "value": 900, "by": ["cgroup v2", "RLIMIT_DATA"]},
            {"name": "open_files", "value": 64, "by": ["RLIMIT_NOFILE"]},
            {"name": "seconds", "value": 60, "by": ["engine"]},
        ],
        "overlays": {"/caches/npm": "copy"},
        "git": True,
    }


def test_of_several_engines_the_newest_ones_is_told(editing: list[Event]) -> None:
    state = fold([editing[0], SandboxPrepared(START, "sandbox", RECORD), OFF])
    sandbox = document(state)["sandbox"]
    assert sandbox == {
        "isolation": "unshare",
        "why": "switched off by its user",
        **dict.fromkeys(("launcher", "namespaces", "network", "seccomp", "limits", "overlays", "git")),
    }


def test_a_run_that_edits_nothing_tells_how_its_commands_were_isolated(failing: list[Event]) -> None:
    state = fold(failing)
    assert "sandbox" not in summary_text(state)
    assert "Code under repair" not in markdown(state)
