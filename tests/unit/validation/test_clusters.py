"""What fails is portioned so that no two workers edit the same file."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.judgement import Target
from orchestrator.domain.verdict import CaseResult, CaseStatus, VerdictStatus
from orchestrator.validation.clusters import clusters_of
from orchestrator.validation.fingerprint import fingerprint
from orchestrator.validation.judgement import targets_of

UNIT = Unit(root="lib", pack="python")


def found(file: str, message: str, *, test: str = "") -> Finding:
    bare = Finding(tool="cc", message=message, file=file, line=1, test=test, failure_class=FailureClass.COMPILE)
    return Finding(
        tool="cc",
        message=message,
        file=file,
        line=1,
        test=test,
        failure_class=FailureClass.COMPILE,
        fingerprint=fingerprint(bare),
    )


def stage(
    *findings: Finding,
    name: str = "build",
    tests: tuple[str, ...] = (),
    status: VerdictStatus = VerdictStatus.FAILED,
) -> StageResult:
    cases = tuple(CaseResult(id=test, status=CaseStatus.FAILED) for test in tests)
    return StageResult(name=name, unit=UNIT, status=status, findings=findings, tests=cases)


def assessed(*stages: StageResult) -> Assessment:
    return Assessment(status=VerdictStatus.FAILED, stages=stages)


def test_findings_of_one_file_are_one_cluster_and_those_of_another_file_another() -> None:
    clusters = clusters_of(assessed(stage(found("a.c", "one"), found("b.c", "two"), found("a.c", "three"))))
    assert [cluster.files for cluster in clusters] == [("a.c",), ("b.c",)]
    assert [len(cluster.targets) for cluster in clusters] == [2, 1]


def test_a_cause_that_two_files_share_joins_them_and_what_else_is_in_them() -> None:
    unknown = [
        Finding(tool="cc", message="name 'x' is not defined", file=file, line=1, failure_class=FailureClass.NAME)
        for file in ("a.c", "b.c")
    ]
    clusters = clusters_of(assessed(stage(found("b.c", "two"), *unknown, found("c.c", "three"))))
    assert [cluster.files for cluster in clusters] == [("a.c", "b.c"), ("c.c",)]


def test_what_names_no_file_is_a_cluster_of_its_stage() -> None:
    [cluster] = clusters_of(assessed(stage(found("", "no rule to make target"))))
    assert (cluster.id, cluster.files) == ("build python lib", ())


def test_a_failed_test_is_a_target_once_however_many_findings_tell_of_it() -> None:
    told = stage(
        found("t.py", "first", test="t::x"), found("t.py", "second", test="t::x"), name="test", tests=("t::x",)
    )
    [cluster] = clusters_of(assessed(told))
    assert cluster.targets == (Target(stage="test", unit=UNIT, name="t::x", is_test=True),)
    assert len(cluster.findings) == 2


def test_a_failed_test_that_no_finding_tells_of_is_not_forgotten() -> None:
    [cluster] = clusters_of(assessed(stage(name="test", tests=("t::x", "t::y"))))
    assert [target.name for target in cluster.targets] == ["t::x", "t::y"]


def test_a_broken_tool_is_nobody_s_to_repair() -> None:
    assert clusters_of(assessed(stage(found("a.c", "killed"), status=VerdictStatus.TOOL_ERROR))) == ()


names = st.sampled_from(["a.c", "b.c", "c/d.c", ""])
some = st.lists(st.builds(found, names, st.sampled_from(["one", "two", "three"])), max_size=8)


@given(st.lists(st.builds(lambda rows: stage(*rows), some), max_size=3))
def test_nothing_that_fails_is_lost_and_no_file_is_in_two_clusters(stages: list[StageResult]) -> None:
    named = [stage(*one.findings, name=f"s{number}") for number, one in enumerate(stages)]
    clusters = clusters_of(assessed(*named))
    files = Counter(file for cluster in clusters for file in cluster.files)
    assert set(files.values()) <= {1}
    assert len({cluster.id for cluster in clusters}) == len(clusters)
    assert Counter(target for cluster in clusters for target in cluster.targets) == Counter(
        targets_of(assessed(*named))
    )
