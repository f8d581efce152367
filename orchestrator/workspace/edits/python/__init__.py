"""Python, understood by its own parser: splicing by name, and what ``...`` means."""
