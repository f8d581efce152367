"""The only part of Rung that starts git. Start at :meth:`Git.find`; every call names its :class:`Place`.

What a call never does, whatever the repository or the user's settings say: run a hook, a filter driver, an external
diff or merge driver, a file system monitor, a pager, an editor, a credential helper or gpg; ask a question; reach
the network; collect garbage; find a repository by looking around. End-of-line and encoding conversion stay on.
"""

from orchestrator.workspace.git.environment import engine_environment, user_environment
from orchestrator.workspace.git.place import Place
from orchestrator.workspace.git.program import Git, Output
from orchestrator.workspace.git.version import MINIMUM

__all__ = ["MINIMUM", "Git", "Output", "Place", "engine_environment", "user_environment"]
