"""The driver: what it tries, keeps, refuses, and when it stops."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Judgement, Probe
from orchestrator.fixers.choice import batch, ordered
from orchestrator.fixers.driver import repair
from orchestrator.fixers.rule import Rule, RuleSource
from orchestrator.fixers.trial import Decision, Limits, Stop, Trial

pytestmark = pytest.mark.anyio


@dataclass
class Spelling:
    """A bench that knows which words are wrong; ``hidden`` ones show when no other is left."""

    text: str
    wrong: Sequence[str]
    hidden: Sequence[str] = ()
    judged: list[str] = field(default_factory=list)
    base: frozenset[str] | None = None

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        text = changes.get("f", self.text)
        self.judged.append(text)
        found = [word for word in self.wrong if word in text.split()]
        found = found or [word for word in self.hidden if word in text.split()]
        self.base = frozenset(found) if self.base is None else self.base
        left = len(self.base & set(found))
        progress = Progress(stages_left=0, targets_left=left, new_findings=len(found) - left)
        findings = [Finding(tool="spelling", message=word, file="f", line=1, fingerprint=word) for word in found]
        return Judgement(
            progress=progress, diagnosis=Diagnosis(texts={"f": text}, findings=findings, changes=dict(changes))
        )

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        raise FileNotFoundError(probe.argv[0], changes)


def word(
    diagnosis: Diagnosis, old: str, new: str, *, kind: Applicability = Applicability.LIKELY, rank: int = 50
) -> Iterable[Suggestion]:
    text = diagnosis.texts["f"]
    if old in text.split():
        start = text.index(old)
        edit = Edit("f", start, start + len(old), new)
        yield Suggestion(edits=(edit,), source="test", message=new, applicability=kind, rank=rank, finding=old)


def source(bench: Spelling, *pairs: tuple[str, str], kind: Applicability = Applicability.LIKELY) -> RuleSource:
    rule = Rule(
        name="test", propose=lambda known: [one for old, new in pairs for one in word(known, old, new, kind=kind)]
    )
    return RuleSource(rule, bench)


async def test_one_suggestion_after_another_is_kept_until_nothing_is_left() -> None:
    bench = Spelling("teh cat adn dog", wrong=["teh", "adn"])
    told: list[Trial] = []
    result = await repair(bench, [source(bench, ("teh", "the"), ("adn", "and"))], on_trial=told.append)
    assert result.changes == {"f": "the cat and dog"}
    assert (result.stop, [one.message for one in result.applied]) == (Stop.DONE, ["the", "and"])
    assert told == list(result.trials)
    assert [trial.decision for trial in told] == [Decision.KEPT, Decision.KEPT]


async def test_a_tree_that_is_whole_is_judged_once_and_left_alone() -> None:
    bench = Spelling("all is well", wrong=["teh"])
    result = await repair(bench, [source(bench, ("well", "ill"))])
    assert (result.changes, result.stop, len(bench.judged)) == ({}, Stop.DONE, 1)


async def test_what_does_not_help_is_not_kept_and_not_tried_again() -> None:
    bench = Spelling("teh cat", wrong=["teh", "cta"])
    result = await repair(bench, [source(bench, ("cat", "cta"), ("cat", "dog"))])
    assert (result.changes, result.stop) == ({}, Stop.EXHAUSTED)
    assert len(bench.judged) == len(set(bench.judged)) == 3


async def test_safe_suggestions_that_do_not_meet_are_tried_together() -> None:
    bench = Spelling("teh cat adn dog", wrong=["teh", "adn"])
    result = await repair(bench, [source(bench, ("teh", "the"), ("adn", "and"), kind=Applicability.SAFE)])
    assert [len(trial.suggestions) for trial in result.trials] == [2]
    assert result.changes == {"f": "the cat and dog"}


async def test_what_was_hidden_is_repaired_too() -> None:
    bench = Spelling("teh cat adn dog", wrong=["teh"], hidden=["adn"])
    result = await repair(bench, [source(bench, ("teh", "the"), ("adn", "and"))])
    assert [trial.decision for trial in result.trials] == [Decision.AHEAD, Decision.REJECTED, Decision.KEPT]
    assert result.progress.is_done


async def test_a_step_that_leads_nowhere_is_taken_back_for_another() -> None:
    bench = Spelling("teh cat", wrong=["teh", "tea"])
    result = await repair(bench, [source(bench, ("teh", "tea"), ("teh", "the"))])
    assert result.changes == {"f": "the cat"}


async def test_one_fault_in_exchange_for_another_is_no_result() -> None:
    bench = Spelling("teh cat", wrong=["teh", "tea"])
    result = await repair(bench, [source(bench, ("teh", "tea"))])
    assert [trial.decision for trial in result.trials] == [Decision.AHEAD]
    assert (result.changes, result.applied, result.progress) == ({}, (), result.base)


async def test_the_number_of_trials_is_bounded() -> None:
    bench = Spelling("teh cat", wrong=["teh"])
    rule = Rule(name="many", propose=lambda known: [one for n in range(50) for one in word(known, "cat", f"cat{n}")])
    result = await repair(bench, [RuleSource(rule, bench)], limits=Limits(trials=7))
    assert (len(result.trials), result.stop, len(bench.judged)) == (7, Stop.TRIALS, 8)


async def test_the_number_of_rounds_is_bounded() -> None:
    bench = Spelling("a b c d e", wrong=["a", "b", "c", "d", "e"])
    result = await repair(bench, [source(bench, *((one, one.upper()) for one in "abcde"))], limits=Limits(rounds=3))
    assert (result.stop, result.progress.targets_left, len(result.applied)) == (Stop.ROUNDS, 2, 3)


@pytest.mark.parametrize(
    "kind", [Applicability.PLACEHOLDER, Applicability.SILENCING, Applicability.STUB, Applicability.WIDENING]
)
async def test_what_is_no_repair_is_refused_with_its_reason_whatever_is_accepted(kind: Applicability) -> None:
    bench = Spelling("teh cat", wrong=["teh"])
    accept = frozenset({"dependencies", "expectations"})
    result = await repair(bench, [source(bench, ("teh", "the"), kind=kind)], accept=accept)
    assert (result.changes, result.trials, len(result.refused)) == ({}, (), 1)
    assert result.refused[0].reason.startswith("it ")


@pytest.mark.parametrize(
    ("kind", "consent"), [(Applicability.DEPENDENCY, "dependencies"), (Applicability.EXPECTATION, "expectations")]
)
async def test_what_is_a_persons_decision_is_held_until_they_gave_it(kind: Applicability, consent: str) -> None:
    bench = Spelling("teh cat", wrong=["teh"])
    held = await repair(bench, [source(bench, ("teh", "the"), kind=kind)])
    assert (held.changes, [consent in one.reason for one in held.refused]) == ({}, [True])
    given = await repair(bench, [source(bench, ("teh", "the"), kind=kind)], accept={consent})
    assert given.changes == {"f": "the cat"}


async def test_a_place_outside_of_the_file_is_no_suggestion() -> None:
    bench = Spelling("teh cat", wrong=["teh"])
    outside = Suggestion(edits=(Edit("f", 0, 999, ""),), source="test", message="", finding="teh")
    rule = Rule(name="test", propose=lambda _: [outside])
    result = await repair(bench, [RuleSource(rule, bench)])
    assert (result.trials, result.stop) == ((), Stop.EXHAUSTED)


async def test_a_program_that_is_missing_is_named_once_and_the_rest_goes_on() -> None:
    bench = Spelling("teh cat", wrong=["teh"])
    rule = Rule(
        name="test", propose=lambda known: word(known, "teh", "the"), probes=lambda _: [Probe(argv=("nosuchtool",))] * 2
    )
    asked = RuleSource(rule, bench)
    result = await repair(bench, [asked])
    assert (result.progress.is_done, asked.troubles) == (True, ["nosuchtool is missing"])


def test_the_order_is_by_applicability_then_rank_then_place() -> None:
    one = Suggestion(edits=(Edit("f", 5, 6, "x"),), source="b", message="", rank=10)
    rows = [
        replace(one, applicability=Applicability.RISKY, rank=1, edits=(Edit("f", 1, 2, "r"),)),
        replace(one, edits=(Edit("f", 9, 9, "x"),)),
        one,
        replace(one, rank=5, edits=(Edit("g", 0, 0, "y"),)),
        replace(one, applicability=Applicability.SAFE, rank=99, edits=(Edit("f", 7, 8, "s"),)),
        replace(one, rank=90),
    ]
    assert [row.edits[0].text + str(row.edits[0].start) for row in ordered(rows)] == ["s7", "y0", "x5", "x9", "r1"]


def test_suggestions_that_touch_are_not_put_together() -> None:
    def safe(start: int, end: int, finding: str) -> Suggestion:
        kind = Applicability.SAFE
        return Suggestion(
            edits=(Edit("f", start, end, "x"),), source="t", message="", applicability=kind, finding=finding
        )

    rows = [safe(0, 2, "a"), safe(2, 4, "b"), safe(8, 9, "a"), safe(10, 11, "c")]
    assert batch(rows) == (rows[0], rows[3])
