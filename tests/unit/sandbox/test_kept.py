"""The two ends of a stream: exact counts, bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.sandbox.kept import Kept

CHUNKS = st.lists(st.text(alphabet="ab \t\n~", max_size=40).map(str.encode))


def keep(chunks: list[bytes], limit: int) -> Kept:
    kept = Kept(limit)
    for chunk in chunks:
        kept.add(chunk)
    return kept


@given(CHUNKS, st.integers(0, 200))
def test_head_tail_and_what_is_missing_add_up_to_the_stream(chunks: list[bytes], limit: int) -> None:
    data = b"".join(chunks)
    text, dropped = keep(chunks, limit).result()
    if len(data) <= limit:
        assert (text, dropped) == (data.decode(), 0)
        return
    head, _, tail = text.partition(f"[... {dropped} bytes left out ...]\n")
    assert dropped == len(data) - limit
    assert data[: limit // 2].decode() in (head, head.removesuffix("\n"))
    assert tail == data[len(data) - (limit - limit // 2) :].decode()


@given(st.text(min_size=1, max_size=60), st.integers(0, 60), st.integers(1, 7))
def test_a_cut_splits_no_character(text: str, limit: int, size: int) -> None:
    data = "".join(char for char in text if char.isprintable()).encode("utf-8", "ignore")
    kept = keep([data[start : start + size] for start in range(0, len(data), size)], limit)
    shown, dropped = kept.result()
    assert shown.count("\ufffd") <= text.count("\ufffd")
    assert dropped == 0 or len(data) - limit <= dropped <= len(data) - limit + 6


def test_nothing_came() -> None:
    assert Kept(10).result() == ("", 0)


def test_keeping_nothing_counts_everything() -> None:
    assert keep([b"abc", b"de"], 0).result() == ("[... 5 bytes left out ...]\n", 5)


def test_memory_does_not_grow_with_the_stream() -> None:
    kept = Kept(1000)
    for _ in range(10_000):
        kept.add(b"x" * 100)
        assert len(kept._head) + len(kept._tail) <= 2000
    assert kept.result()[1] == 1_000_000 - 1000
