"""Which tests a change concerns, by the rules that a pack names.

A choice for one attempt: what it leaves out is run when the results of all attempts are put together. A file about
which nothing can be told concerns every test.
"""

from orchestrator.validation.affected.rules import affected_tests

__all__ = ["affected_tests"]
