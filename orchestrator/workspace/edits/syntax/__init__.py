"""Languages other than Python, understood by tree-sitter's grammars: splicing by name."""
