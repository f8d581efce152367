"""Rules over errors that are caught and forgotten in product code."""

from orchestrator.validation.integrity.patterns import Risen, joined

__all__ = ["error_ignored", "error_swallowed"]

error_swallowed = Risen(
    {
        "python": joined(
            r"^[ \t]*except\s*(?:\(?[^:\n]*\b(?:Exception|BaseException)\b[^:\n]*)?:\s*(?:pass|\.\.\.|continue)\s*$",
            r"\bsuppress\(\s*(?:Base)?Exception\s*\)",
        ),
        "javascript": joined(
            r"\bcatch\s*(?:\([^)\n]*\))?\s*\{\s*\}",
            r"\.catch\(\s*(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)",
            r"\.catch\(\s*function\s*\([^)]*\)\s*\{\s*\}\s*\)",
        ),
        "java": r"\bcatch\s*\(\s*(?:final\s+)?[\w|\s.]*\b(?:Throwable|Exception|RuntimeException"
        r"|Error)\s+\w+\s*\)\s*\{\s*\}",
        "c": r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}",
        "go": r"\bif\b[^{\n]*\berr\s*!=\s*nil\s*\{\s*\}|\bdefer\s+func\(\)\s*\{\s*(?:_\s*=\s*)?recover\(\)\s*\}\(\)",
        "rust": r"\bcatch_unwind\b|\bif\s+let\s+Err\(\w+\)\s*=[^{\n]*\{\s*\}",
        "shell": r"^\s*set\s+\+e\b|\|\|\s*(?:true|:)(?=\s|$)",
    }
)

error_ignored = Risen(
    {
        "python": r"^[ \t]*except\s+[^:\n]+:\s*(?:pass|\.\.\.|return\s+None|return)\s*$"
        r"|^[ \t]*except\s*(?:Exception)?\s*:\s*return\b",
        "java": r"\bcatch\s*\([^)\n]*\)\s*\{\s*(?:return\s+(?:null|0|false|true)\s*;\s*)?\}",
        "c": r"\bcatch\s*\([^)\n]*\)\s*\{\s*\}",
        "rust": r"\blet\s+_\s*=[^;\n]*\(|\.unwrap_or_default\(\)|\.ok\(\)\s*;",
        "go": r"^\s*_\s*=\s*err\b|,\s*_\s*:?=[^\n=]*\(",
        "shell": r"2>\s*/dev/null",
    }
)
