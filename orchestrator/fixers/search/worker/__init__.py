"""What runs in the project's own interpreter: Python 3.8 or newer, the standard library and nothing else.

The modules of this package are sent as one program text (:mod:`orchestrator.fixers.search.bundle`), so nothing has
to be installed or mounted where they run. They import each other and the standard library only. They run code that
nobody has to trust, in processes that are forked for it: what such code does to its own process is its own affair,
and what it does to the machine is the sandbox's. What they report is a hint: the caller confirms it with the
project's own test command.
"""
