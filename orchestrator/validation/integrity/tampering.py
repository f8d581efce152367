"""Rules over code that takes the place of the runner, of assertions, or of the end of the process."""

import re
import sys
from collections.abc import Iterator

from orchestrator.validation.integrity.patterns import Risen, joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["equal_to_all", "exit_forced", "module_shadowed", "runner_patched"]

_RUNNER = {
    "python": joined(
        r"\bdef\s+pytest_(?:runtest_\w+|sessionfinish|collection\w*|collect_\w+|pyfunc_call|terminal_summary"
        r"|ignore_collect"
        r"|report_\w+|itemcollected|deselected|configure|cmdline_\w+|load_initial_conftests|make_collect_report"
        r"|assert\w*)\b",
        r"\b(?:session|config)\.exitstatus\s*=(?!=)|\bexitstatus\s*=\s*0\b",
        r"\b(?:report|rep|result|outcome)\.(?:outcome|passed|failed|longrepr|wasSuccessful|failures|errors)\s*=(?!=)",
        r"\b(?:unittest|pytest|_pytest)(?:\.\w+)+\s*=(?!=)",
        r"\bsetattr\(\s*(?:unittest|pytest|_pytest|builtins|sys|os|time)\b",
        r"\b(?:builtins|__builtins__)\.\w+\s*=(?!=)",
        r"\bsys\.(?:exit|excepthook|settrace|modules\[[^\]\n]+\]|meta_path|path_hooks)\s*=(?!=)|\bsys\.meta_path\.",
        r"\b(?:time|random|math|os|datetime)\.\w+\s*=(?!=)",
        r"^\s*(?:from|import)\s+_pytest\b",
    ),
    "javascript": joined(
        r"\b(?:global|globalThis)\.(?:it|test|describe|expect|assert|process|Date|Math)\s*=(?!=)",
        r"\bprocess\.(?:exit|reallyExit|abort|emit)\s*=(?!=)",
        r"\b(?:assert|expect)(?:\.\w+)+\s*=(?!=)",
        r"\brequire\([^)\n]*\)(?:\.\w+)+\s*=(?!=)|\brequire\.cache\b|\bModule\._(?:load|resolveFilename|extensions)\b",
        r"\b(?:Object|Array|Number|String|Function|Error)(?:\.prototype)?\.\w+\s*=(?!=)",
        r"\bexpect\.extend\(|\bObject\.is\s*=(?!=)",
        r"\bDate\.now\s*=(?!=)|\bMath\.\w+\s*=(?!=)",
    ),
    "c": joined(
        r"^\s*#\s*(?:define|undef)\s+(?:assert|ASSERT_\w+|EXPECT_\w+|CHECK\w*|REQUIRE\w*|NDEBUG|main|exit|abort)\b",
        r"\b(?:void|int)\s+(?:__assert_fail|abort|exit|_exit|strcmp|memcmp)\s*\([^;\n]*\)\s*\{",
        r"__attribute__\s*\(\(\s*(?:constructor|destructor)\b",
    ),
    "rust": r"\bmacro_rules!\s*(?:debug_)?assert\w*|\bpanic::set_hook\(|\bset_hook\(",
    "java": r"\bSecurityManager\b|\bsetAccessible\(\s*true|\bLauncher(?:Session|Discovery)?Listener\b"
    r"|\bTestWatcher\b|\bTestExecutionExceptionHandler\b|\bExecutionCondition\b|\bIAnnotationTransformer\b",
    "go": r"\bfunc\s+TestMain\s*\(|\bmonkey\.Patch\w*\(|//go:linkname\b",
    "shell": r"^\s*(?:function\s+)?(?:exit|test|diff|cmp|assert\w*|\[)\s*\(\)\s*\{|\btrap\s+['\"]?exit\s+0"
    r"|\balias\s+(?:exit|test|diff)=",
}
runner_patched = Risen(_RUNNER)

equal_to_all = Risen(
    {
        "python": r"\bdef\s+__(?:eq|ge|le|contains)__\s*\([^)]*\)[^:\n]*:\s*return\s+True\b|\b__(?:eq"
        r"|contains)__\s*=\s*lambda\b[^\n:]*:\s*True\b",
        "javascript": r"\b(?:equals?|asymmetricMatch"
        r"|isEqual)\s*\([^)\n]*\)\s*(?::\s*boolean\s*)?\{\s*return\s+true\b|\[Symbol\.toPrimitive\]",
        "java": r"\bboolean\s+equals\s*\([^)\n]*\)\s*\{\s*return\s+true\s*;",
        "c": r"\bbool\s+operator\s*==\s*\([^)]*\)\s*(?:const\s*)?(?:noexcept\s*)?\{\s*return\s+true\s*;",
        "rust": r"\bfn\s+eq\s*\(\s*&self[^)]*\)\s*->\s*bool\s*\{\s*true\s*\}",
        "go": r"\bfunc\s*\([^)\n]*\)\s*Equal\w*\s*\([^)\n]*\)\s*bool\s*\{\s*return\s+true\b",
    }
)

_exits = Risen(
    {
        "python": joined(
            r"\bos\._exit\(",
            r"\batexit\.register\b",
            r"\bsys\.exit\(\s*(?:0|None|)\s*\)",
            r"\braise\s+SystemExit(?:\(\s*(?:0|None|)\s*\)|\s*$)",
            r"^\s*(?:quit|exit)\(\s*0?\s*\)",
            r"\bos\.(?:kill|killpg|abort)\(",
        ),
        "javascript": joined(
            r"\bprocess\.(?:exit\(\s*(?:0\s*)?\)|reallyExit\(|kill\(\s*process\.pid|abort\()",
            r"\bprocess\.exitCode\s*=\s*0\b",
        ),
        "java": r"\bSystem\.exit\(\s*0\s*\)|\.halt\(\s*0\s*\)|\baddShutdownHook\(",
        "rust": r"\bprocess::exit\(\s*0\s*\)|\blibc::_?exit\(",
        "go": r"\bos\.Exit\(\s*0\s*\)|\bsyscall\.Exit\(\s*0\s*\)",
        "c": r"(?<![\w.>])(?:std::)?(?:_exit|_Exit|quick_exit|exit)\s*\(\s*(?:0|EXIT_SUCCESS)\s*\)"
        r"|\b(?:at_quick_exit|atexit)\s*\(",
    }
)
_hooked = Risen(
    {"javascript": r"\bprocess\.(?:on|once|addListener)\(\s*[\"'](?:exit|beforeExit|uncaughtException)[\"']"},
    view="told",
)
_PROGRAM = re.compile(
    r"""\b__name__\s*==|\bint\s+main\s*\(|\bfn\s+main\s*\(|\bfunc\s+main\s*\(|\bvoid\s+main\s*\(|\A#!"""
)

_RUNNERS = frozenset(
    {"pytest", "_pytest", "pluggy", "unittest", "nose", "sitecustomize", "usercustomize", "coverage", "mypy", "ruff"}
)
_ROOTS = re.compile(r"(?:src/|lib/|tests?/)?(?P<name>\w+)(?:\.(?:py|pth|so)|/__init__\.py)\Z")


def exit_forced(looked: Looked) -> Iterator[Hit]:
    """The process is ended as if all were well, where the base did not; a program's ``main`` may, a library may not."""
    is_program = looked.language != "python" and _PROGRAM.search(looked.change.before or "") is not None
    for hit in _exits(looked):
        is_blunt = re.search(r"_exit|quick|halt|atexit|register|kill|abort", hit.excerpt) is not None
        if is_blunt or not is_program:
            yield hit
    yield from _hooked(looked)


def module_shadowed(looked: Looked) -> Iterator[Hit]:
    """A new file that is imported in place of the runner or of the standard library, or that Python runs by itself."""
    if looked.change.before is not None or looked.change.after is None:
        return
    path = looked.path
    match = _ROOTS.fullmatch(path)
    names = _RUNNERS | sys.stdlib_module_names
    is_started = path.endswith(".pth") or path.rpartition("/")[2] in {"sitecustomize.py", "usercustomize.py"}
    if is_started or "node_modules/" in path or (match and match["name"] in names):
        yield Hit(1, path)
