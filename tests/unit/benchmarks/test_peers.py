"""The comparison with other engines: what it accepts as a run, what it counts, and that nothing of it stays behind."""

import os
import sys
import tempfile
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.engines.protocol import WrongRunError, check
from benchmarks.engines.table import ENGINES, OWN, Engine
from benchmarks.graphs import SHAPES
from benchmarks.processtree import child_cpu, tree_cpu

BURN = "import time\nwhile time.process_time() < 0.05: pass"
CHAIN = SHAPES["chain"](3)
OPTIONS = peers.Options(nodes=20, shapes=("chain", "fan", "layered"), repeat=1, seconds=60)


def is_alive(pid: int) -> bool:
    """Whether it still runs; nobody may have waited for it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_run_in_the_order_of_the_needs_is_accepted() -> None:
    check([0, 1, 2], CHAIN)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ([0, 1, 1, 2], "4 bodies ran, of 3 different nodes"),
        ([0, 1], "2 bodies ran, of 2 different nodes"),
        ([0, 1, 2, 3], "4 bodies ran, of 4 different nodes"),
        ([0, 2, 1], "node 2 ran before node 1"),
    ],
)
def test_a_run_that_does_not_fit_the_graph_is_refused(order: list[int], why: str) -> None:
    with pytest.raises(WrongRunError, match=why):
        check(order, CHAIN)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(OWN))
def test_what_needs_no_installation_runs_every_shape_again_and_again(name: str, shape: str) -> None:
    successors = SHAPES[shape](30)
    with ENGINES[name].load_session()() as prepare:
        runs = prepare(successors)
        for _ in range(2):
            check(next(runs)(), successors)


def test_an_engine_that_is_not_installed_is_said_to_be_absent_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Engine(version=partial(version, "rung-no-such-distribution"), session=("none", "none"), imports="none")
    monkeypatch.setitem(ENGINES, "nobody", missing)
    assert not peers.row("nobody", OPTIONS)
    assert capsys.readouterr().out.split(maxsplit=1) == ["nobody", f"{peers.ABSENT}\n"]


def test_an_engine_is_measured_in_a_process_of_its_own() -> None:
    result = peers.measure("bare asyncio", OPTIONS)
    assert not result.has_failed, result
    assert set(result.shapes) == set(OPTIONS.shapes)
    assert all(found["us"] > 0 and found["ratio"] > 0 and found["rounds"] == 1 for found in result.shapes.values())


def test_an_engine_that_breaks_says_why_and_its_other_shapes_are_tried(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = ("no such shape", "chain")
    options = peers.Options(nodes=20, shapes=shapes, repeat=1, seconds=60)
    assert peers.row("bare asyncio", options)
    out = capsys.readouterr().out
    assert "no such shape: KeyError" in out
    assert "(x" in out


def test_a_command_that_fails_gives_its_last_line_of_errors() -> None:
    command = [sys.executable, "-c", "print('kept'); raise SystemExit('no such luck')"]
    with tempfile.TemporaryFile("w+") as errors:
        assert peers.run_within(60, command, env=dict(os.environ), errors=errors) == (
            "kept\n",
            "ended with 1: no such luck",
        )


def test_at_the_time_limit_nothing_is_left_running_and_what_was_printed_is_kept() -> None:
    command = ["sh", "-c", "sleep 600 & echo $!; wait"]
    with tempfile.TemporaryFile("w+") as errors:
        out, note = peers.run_within(1, command, env=dict(os.environ), errors=errors)
    assert note == "no end within 1 s"
    until = time.monotonic() + 10
    while is_alive(int(out)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(int(out))


def test_the_cpu_of_child_processes_is_counted() -> None:
    seconds, own = tree_cpu(lambda: child_cpu([sys.executable, "-c", BURN]))
    assert own >= 0.05
    assert seconds >= own - 0.02  # of a process that lives, only whole ticks are known


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        child_cpu([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_name_that_is_not_known_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        peers.parse(["--shapes", "chain,star"])
    assert "star: unknown; there are chain, fan, layered" in capsys.readouterr().err
