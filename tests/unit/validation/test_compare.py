"""Two lists of findings beside each other, counted as multisets."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.finding import Finding
from orchestrator.validation.compare import compare

FINDINGS = st.lists(
    st.builds(Finding, tool=st.just("t"), message=st.text(max_size=2), fingerprint=st.sampled_from("abc"))
)


def made(prints: str, *, line: int = 1) -> list[Finding]:
    return [Finding(tool="t", message=one, line=line, fingerprint=one) for one in prints]


def prints(findings: object) -> str:
    return "".join(one.fingerprint for one in findings)  # type: ignore[attr-defined]  # any sequence of findings


def test_findings_are_the_same_new_or_gone() -> None:
    told = compare(made("abbd"), made("bcaa", line=9))
    assert (prints(told.same), prints(told.new), prints(told.gone)) == ("ba", "ca", "bd")
    assert {one.line for one in told.same} == {9}


def test_nothing_beside_nothing_is_nothing() -> None:
    told = compare([], [])
    assert (told.same, told.new, told.gone) == ((), (), ())


@given(FINDINGS, FINDINGS)
def test_every_finding_is_counted_once(before: list[Finding], after: list[Finding]) -> None:
    told = compare(before, after)
    assert Counter(prints(told.same)) + Counter(prints(told.new)) == Counter(prints(after))
    assert Counter(prints(told.same)) + Counter(prints(told.gone)) == Counter(prints(before))
    assert not Counter(prints(told.new)) & Counter(prints(told.gone))


@given(FINDINGS, FINDINGS)
def test_seen_from_the_other_side_new_is_gone(before: list[Finding], after: list[Finding]) -> None:
    there, back = compare(before, after), compare(after, before)
    assert Counter(prints(there.new)) == Counter(prints(back.gone))
    assert len(there.same) == len(back.same)


@given(FINDINGS)
def test_a_list_beside_itself_is_the_same(findings: list[Finding]) -> None:
    assert compare(findings, findings).same == tuple(findings)
