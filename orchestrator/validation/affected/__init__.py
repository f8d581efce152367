"""Which tests a change concerns, by the rules that a pack names; and where tests lie whose ids are known.

A choice for one attempt: what it leaves out is run when the results of all attempts are put together. A file about
which nothing can be told concerns every test.
"""

from orchestrator.validation.affected.holding import holding_tests
from orchestrator.validation.affected.rules import affected_tests

__all__ = ["affected_tests", "holding_tests"]
