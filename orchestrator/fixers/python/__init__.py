"""Templates for what the Python interpreter says, and what they need to know of a file. Nothing is imported or run."""
