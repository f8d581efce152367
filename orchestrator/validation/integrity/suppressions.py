"""Rules over words that silence a tool, and over casts that silence a type checker."""

from orchestrator.validation.integrity.patterns import Risen, joined

__all__ = ["silenced_in_code", "silenced_in_comments", "type_escaped"]

_COMMON = joined(r"\bNOSONAR\b", r"\bLCOV_EXCL_\w+", r"\bnosemgrep\b")

silenced_in_comments = Risen(
    {
        "*": _COMMON,
        "python": joined(
            r"#\s*(?:ruff:\s*|flake8:\s*)?noqa\b[^#\n]*",
            r"#\s*type:\s*ignore[^#\n]*",
            r"#\s*pyright:\s*(?:ignore|basic|strict\s*=\s*false|report\w+\s*=\s*(?:false|none))[^#\n]*",
            r"#\s*mypy:\s*(?:ignore-errors|disable-error-code|allow-\w+)",
            r"#\s*pylint:\s*(?:disable|skip-file)[^#\n]*",
            r"#\s*pragma:\s*no (?:cover|branch)",
            r"#\s*nosec\b",
        ),
        "javascript": joined(
            r"\b(?:eslint|tslint|oxlint|biome)-(?:disable|ignore)\b[^\n*]*",
            r"@ts-(?:ignore|expect-error|nocheck)\b",
            r"\b(?:istanbul|c8|v8)\s+ignore\b[^\n*]*",
            r"\$Flow(?:FixMe|Ignore)\w*",
        ),
        "c": joined(r"\bNOLINT\w*", r"\bcppcheck-suppress\b[^\n*]*", r"\bGCOVR?_EXCL_\w+"),
        "go": r"//\s*nolint\b[^\n]*|#nosec\b",
        "java": r"\bCHECKSTYLE[: ]*OFF\b|\b(?:noinspection|NOPMD)\b|\bspotless:off\b",
        "shell": r"\bshellcheck\s+disable=[\w,]+",
        "yaml": r"\byamllint\s+disable\b[^\n]*",
    },
    view="comments",
)

_UNAVOIDABLE = r"\(\s*\{?\s*(?:\"(?:unchecked|rawtypes|serial)\"[\s,}]*)+\)"
"""What javac says of generics that no code can avoid."""

silenced_in_code = Risen(
    {
        "rust": r"#!?\[(?:cfg_attr\([^\n]*)?allow\s*\([^\n\]]*\)",
        "java": rf"@SuppressWarnings\b(?!{_UNAVOIDABLE})[^\n]*|@SuppressFBWarnings\b"
        rf"|#pragma\s+warning\s+disable\b[^\n]*",
        "c": joined(
            r"^\s*#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored[^\n]*",
            r"^\s*#\s*pragma\s+warning\s*\(\s*disable[^\n]*",
            r"\b_Pragma\s*\([^\n]*",
            r"^\s*#\s*pragma\s+GCC\s+system_header",
            r"__attribute__\s*\(\(\s*no_sanitize[^\n]*",
        ),
        "python": r"^\s*@(?:typing\.)?no_type_check\b|\bwarnings\.(?:filterwarnings|simplefilter)\(\s*[\"'][^\n]*",
    },
    view="told",
)

type_escaped = Risen(
    {
        "python": r"\bcast\(\s*(?:typing\.)?Any\b|:\s*(?:typing\.)?Any\b(?=\s*[=,)])",
        "javascript": r"\bas\s+(?:any|unknown\s+as)\b|:\s*any\b",
        "java": rf"\(\s*Object\s*\)\s*\w|@SuppressWarnings\b{_UNAVOIDABLE}",
    },
    view="told",
)
