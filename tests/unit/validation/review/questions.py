"""A candidate and answers about it."""

import json
from typing import Any

from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.validation.review import Question

FILES = {"src/a.py": 10, "src/b.py": 3}
DIFF = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
PASSED = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.IDS, score=1.0)
FAILED = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE, score=0.2)
FINDING: dict[str, Any] = {"file": "src/a.py", "line": 2, "severity": "error", "message": "Wrong."}
HOLD: dict[str, Any] = {"decision": "hold", "confidence": 0.9, "findings": [FINDING]}
APPROVE: dict[str, Any] = {"decision": "approve", "confidence": 0.8, "findings": []}
DIAGNOSIS: dict[str, Any] = {"cause": "A typo.", "files": ["src/a.py"], "context_needed": [], "confidence": 0.5}


def question(**changes: Any) -> Question:
    """A question about a candidate that has passed."""
    given: dict[str, Any] = {"task": "Set x.", "verdict": PASSED, "diff": DIFF, "files": FILES, "marker": "k3Jq9Zt1"}
    return Question(**{**given, **changes})


def text(answer: dict[str, Any], **changes: Any) -> str:
    """An answer as JSON."""
    return json.dumps({**answer, **changes})
