"""``python -m orchestrator`` is ``rung``."""

from orchestrator.frontends.cli import main

if __name__ == "__main__":
    main()
