"""The closed table of rules, in the order in which they are asked. A new one is a file in ``sources`` and a row."""

from collections.abc import Sequence

from orchestrator.fixers.bench import Bench
from orchestrator.fixers.c.rule import RULE as C
from orchestrator.fixers.golang.rule import RULE as GO
from orchestrator.fixers.java.rule import RULE as JAVA
from orchestrator.fixers.javascript.rule import RULE as JAVASCRIPT
from orchestrator.fixers.python.rule import RULE as PYTHON
from orchestrator.fixers.rule import Rule, RuleSource
from orchestrator.fixers.rust.rule import RULE as RUST
from orchestrator.fixers.sources import dependencies, eslint, fixits, formatters, ruff, rustc, typescript
from orchestrator.fixers.sources.expectations.rule import RULE as EXPECTATIONS
from orchestrator.fixers.sources.manifests.rule import RULE as MANIFESTS

__all__ = ["RULES", "sources"]

RULES: Sequence[Rule] = (
    rustc.RULE,
    fixits.RULE,
    typescript.RULE,
    PYTHON,
    C,
    RUST,
    JAVASCRIPT,
    GO,
    JAVA,
    ruff.RULE,
    eslint.RULE,
    formatters.RULE,
    dependencies.RULE,
    MANIFESTS,
    EXPECTATIONS,
)


def sources(bench: Bench) -> tuple[RuleSource, ...]:
    """Every rule, with ``bench`` to run its probes on."""
    return tuple(RuleSource(rule, bench) for rule in RULES)
