import hashlib
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator.domain.ids import NodeId
from orchestrator.errors import JournalDamagedError, JournalError, JournalForeignError
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.durations import NEWEST_WEIGHT, Durations
from orchestrator.journal.layout import CACHE
from orchestrator.journal.queries import sql
from orchestrator.journal.state import open_state

KEY, OTHER = (hashlib.sha256(text).hexdigest() for text in (b"a", b"b"))

ENGINE = """
import hashlib, sys
from pathlib import Path
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.durations import Durations
from orchestrator.journal.state import open_state
print("ready", flush=True)
sys.stdin.readline()
with open_state(Path(sys.argv[1])) as state:
    for number in range(25):
        key = hashlib.sha256(f"{sys.argv[2]}-{number}".encode()).hexdigest()
        NodeCache(state).put(key, {"number": number}, at=1.0)
        Durations(state).record("w", {"shared": 4.0})
"""


def test_what_was_put_is_got_back_by_the_next_engine(tmp_path: Path) -> None:
    with open_state(tmp_path / "state") as state:
        assert NodeCache(state).get(KEY) is None
        NodeCache(state).put(KEY, {"exit": 0, "lines": ["ü", None]}, at=5.0)
    with open_state(tmp_path / "state") as state:
        assert NodeCache(state).get(KEY) == {"exit": 0, "lines": ["ü", None]}
        assert NodeCache(state).get(OTHER) is None


def test_a_later_result_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        NodeCache(state).put(KEY, {"n": 1}, at=5.0)
        NodeCache(state).put(KEY, {"n": 2}, at=6.0)
        assert NodeCache(state).get(KEY) == {"n": 2}


def test_what_is_older_than_a_time_can_be_removed(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        cache = NodeCache(state)
        cache.put(KEY, {}, at=5.0)
        cache.put(OTHER, {}, at=6.0)
        assert cache.remove_before(6.0) == 1
        assert (cache.get(KEY), cache.get(OTHER)) == (None, {})


@pytest.mark.parametrize("key", ["", "abc", KEY.upper(), KEY + "\n"])
def test_a_key_that_is_no_digest_is_a_bug(tmp_path: Path, key: str) -> None:
    with open_state(tmp_path) as state, pytest.raises(ValueError, match="no SHA-256 digest"):
        NodeCache(state).get(key)


def test_a_changed_result_is_never_taken_for_the_real_one(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        NodeCache(state).put(KEY, {"exit": 1}, at=5.0)
        state._connection.execute("""UPDATE node_cache SET outputs = '{"exit":0}'""")
        with pytest.raises(JournalDamagedError, match=r"the cached result .* is damaged"):
            NodeCache(state).get(KEY)


@pytest.mark.parametrize(("content", "error"), [(b"", JournalDamagedError), (b"x" * 600, JournalForeignError)])
def test_a_file_that_is_no_cache_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, error: type[JournalError]
) -> None:
    (tmp_path / CACHE).write_bytes(content)
    with pytest.raises(error), open_state(tmp_path):
        raise AssertionError("it was opened")
    assert (tmp_path / CACHE).read_bytes() == content


def test_a_write_that_fails_halfway_changes_nothing(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        rows = [(KEY, 1.0, "0", 0, "{}"), (OTHER, None, "0", 0, "{}")]
        with pytest.raises(JournalError, match="cannot be used"):
            state.write("upsert_cached", rows)  # type: ignore[arg-type]  # a NULL that the table refuses
        assert state.rows("select_cached", (KEY,)) == []
        NodeCache(state).put(KEY, {}, at=1.0)


def test_several_engines_that_begin_at_once_share_one_cache(tmp_path: Path) -> None:
    with ExitStack() as stack:
        engines = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ENGINE, str(tmp_path / "state"), str(number)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for number in range(3)
        ]
        for engine in engines:
            assert engine.stdout
            assert engine.stdout.readline() == b"ready\n"
        assert [engine.communicate(b"go\n")[0] for engine in engines] == [b""] * 3
    assert [engine.returncode for engine in engines] == [0] * 3
    assert [path.name for path in (tmp_path / "state").iterdir()] == [CACHE]
    with open_state(tmp_path / "state") as state:
        for engine_number in range(3):
            for number in range(25):
                key = hashlib.sha256(f"{engine_number}-{number}".encode()).hexdigest()
                assert NodeCache(state).get(key) == {"number": number}
        assert Durations(state).expected("w") == {"shared": pytest.approx(4.0)}


def test_a_workflow_that_never_ran_has_no_durations(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert Durations(state).expected("w") == {}


def test_the_newest_run_weighs_most_and_workflows_are_kept_apart(tmp_path: Path) -> None:
    build = NodeId("build")
    with open_state(tmp_path) as state:
        durations = Durations(state)
        durations.record("w", {build: 10.0})
        durations.record("other", {build: 99.0})
        assert durations.expected("w") == {build: 10.0}
        durations.record("w", {build: 20.0})
        assert durations.expected("w") == {build: pytest.approx(10.0 + NEWEST_WEIGHT * 10.0)}


def test_no_two_engines_write_a_database_in_wal_mode(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert state._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert state._connection.execute("EXPLAIN QUERY PLAN " + sql("select_cached"), (KEY,)).fetchone()
