"""Names of JavaScript that nobody declares: the module that is missing, or the name that is meant."""

import pytest

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import applied
from orchestrator.fixers.javascript.rule import propose


def proposed(text: str, message: str, *, file: str = "a.js") -> list[str]:
    """The texts that the rule makes of a finding on the last line."""
    finding = Finding(tool="node", file=file, line=text.count("\n"), message=message)
    diagnosis = Diagnosis(texts={file: text}, findings=(finding,))
    return [applied({file: text}, one.edits)[file] for one in sorted(propose(diagnosis), key=lambda one: one.rank)]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("import fs from 'node:fs';\n", "import path from 'node:path';\n"),
        ('import fs from "fs"\n', 'import path from "path"\n'),
        ("const fs = require('fs');\n", "const path = require('path');\n"),
        ("", "const path = require('node:path');\n"),
    ],
)
def test_a_module_of_node_is_brought_in_as_others_are(head: str, line: str) -> None:
    use = "f(path.join('a', 'b'));\n"
    assert proposed(head + use, "path is not defined")[:1] == [line + head + use]


def test_what_has_to_be_first_stays_first() -> None:
    head, use = "#!/usr/bin/env node\n'use strict';\n", "f(os.EOL);\n"
    assert proposed(head + use, "os is not defined")[:1] == [f"{head}const os = require('node:os');\n{use}"]


def test_a_file_of_modules_imports() -> None:
    use = "export const f = () => os.EOL;\n"
    assert proposed(use, "os is not defined")[:1] == [f"import os from 'node:os';\n{use}"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a.mjs", "ReferenceError: lnie is not defined"),
        ("a.js", "'lnie' is not defined."),
        ("a.ts", "Cannot find name 'lnie'. Did you mean 'Line'?"),
    ],
)
def test_a_slip_of_the_pen_becomes_the_name_that_is_meant(file: str, message: str) -> None:
    text = "const line = 1;\nf(lnie, a.lnie);\n"
    assert proposed(text, message, file=file) == ["const line = 1;\nf(line, a.lnie);\n"]


def test_what_is_like_nothing_stays() -> None:
    assert proposed("f(zebra);\n", "zebra is not defined") == []
