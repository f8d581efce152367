"""What the checks of an ``agent`` node say of a commit: its scripts, and the stages of the project's own checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.ports import Check, Examiner, ProjectCheck, Validator, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """Judges commits; see :meth:`judge`."""

    workspace: Workspace
    validator: Validator
    examiner: Examiner

    async def judge(self, commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        """The scripts first, in order; where all of them pass, the stages. The first that does not pass ends it."""
        scripts = [check for check in checks if isinstance(check, Check)]
        stages = [check for check in checks if isinstance(check, ProjectCheck)]
        verdict: Verdict | None = None
        if scripts or not stages:
            async with self.workspace.checkout(commit) as folder:
                verdict = await self.validator.judge(folder, scripts)
        for check in stages:
            if verdict is None or verdict.status is VerdictStatus.PASSED:
                said = await self.examiner.examine(check.base, commit, stages=check.stages)
                verdict = _after(verdict, said) if verdict else said
        assert verdict is not None, "there were scripts or stages"
        return verdict


def checks_of(body: JsonObject, *, base: CommitId) -> tuple[Check | ProjectCheck, ...]:
    """The checks from a node's body; what the project's own checks say is compared with ``base``."""
    scripts = body["validate"]
    assert isinstance(scripts, Sequence), "checked when the workflow was loaded"
    stages = texts_of(body.get("stages", ()))  # a plan of an earlier version has none
    projects = (ProjectCheck(base=base, stages=frozenset(stages)),) if stages else ()
    return (*map(_check, scripts), *projects)


def texts_of(value: JsonValue) -> tuple[str, ...]:
    """A list of texts from a node's body."""
    assert isinstance(value, Sequence), "checked when the workflow was loaded"
    return tuple(str(one) for one in value)


def _check(value: JsonValue) -> Check:
    assert isinstance(value, Mapping), "checked when the workflow was loaded"
    timeout = value["timeout"]
    assert isinstance(timeout, int | float), "checked when the workflow was loaded"
    return Check(name=str(value["name"]), script=str(value["script"]), shell=str(value["shell"]), timeout=timeout)


def _after(first: Verdict, second: Verdict) -> Verdict:
    """``second`` behind ``first``, which passed: counted ids are better evidence than exit codes, those than none."""
    ranked = (Evidence.IDS, Evidence.EXIT_CODE, Evidence.NONE)
    evidence = min(first.evidence, second.evidence, key=ranked.index)
    return replace(second, evidence=evidence, seconds=first.seconds + second.seconds)
