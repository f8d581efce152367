"""An import that is added stands where a formatter would have it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.domain.suggestion import applied
from orchestrator.fixers.golang import imports as golang
from orchestrator.fixers.places import sorted_place
from orchestrator.fixers.python.imports import import_edit

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
OWN = {"shop/__init__.py": "", "shop/prices.py": "", "main.py": ""}
SORTED = """\"\"\"Doc.\"\"\"

from __future__ import annotations

import os
from pathlib import Path

import rich

from shop import prices

x = 1
"""
CASES = [
    ("", "import os", "import os\n"),
    ("x = 1\n", "import os", "import os\n\nx = 1\n"),
    ("#!/usr/bin/env python3\nx = 1\n", "import os", "#!/usr/bin/env python3\nimport os\n\nx = 1\n"),
    ('"""Doc."""\n\nx = 1\n', "import os", '"""Doc."""\n\nimport os\n\nx = 1\n'),
    (SORTED, "import json", SORTED.replace("import os", "import json\nimport os")),
    (SORTED, "import sys", SORTED.replace("import os\n", "import os\nimport sys\n")),
    (SORTED, "from abc import ABC", SORTED.replace("from pathlib", "from abc import ABC\nfrom pathlib")),
    (SORTED, "from typing import Any", SORTED.replace("import Path\n", "import Path\nfrom typing import Any\n")),
    (SORTED, "import attrs", SORTED.replace("import rich", "import attrs\nimport rich")),
    (SORTED, "from shop.prices import net", SORTED.replace("prices\n", "prices\nfrom shop.prices import net\n")),
    (SORTED, "from pathlib import PurePath", SORTED.replace("import Path", "import Path, PurePath")),
    ("import os\n\nx = 1\n", "import rich", "import os\n\nimport rich\n\nx = 1\n"),
    ("import rich\n\nx = 1\n", "import os", "import os\n\nimport rich\n\nx = 1\n"),
    ("import os\n\nx = 1\n", "from shop import net", "import os\n\nfrom shop import net\n\nx = 1\n"),
    ("from decimal import Decimal\n", "from decimal import ROUND_UP", "from decimal import ROUND_UP, Decimal\n"),
]


@pytest.mark.parametrize(("text", "statement", "expected"), CASES)
def test_an_import_of_python_goes_where_isort_has_it(text: str, statement: str, expected: str) -> None:
    texts = {**OWN, "main.py": text}
    assert applied(texts, [import_edit(texts, "main.py", statement=statement)])["main.py"] == expected


@pytest.mark.skipif(RUFF is None, reason="ruff is missing")
def test_ruff_has_nothing_to_say_about_the_order(tmp_path: Path) -> None:
    assert RUFF
    for number, (_, _, expected) in enumerate(CASES):
        (tmp_path / f"case{number}.py").write_text(expected)
    (tmp_path / "shop").mkdir()
    for name in ("__init__.py", "prices.py"):
        (tmp_path / "shop" / name).write_text("")
    argv = (RUFF, "check", "--isolated", "--no-cache", "--select", "I001", "--output-format", "concise", ".")
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "I001" not in done.stdout, done.stdout
    assert "All checks passed" in done.stdout


@pytest.mark.parametrize(
    ("text", "statement", "expected"),
    [
        ("import sys\nimport os\n", "import json", "import json\nimport sys\nimport os\n"),
        ("import rich\nimport os\n", "import json", "import json\nimport rich\nimport os\n"),
        ("import os; import sys\n", "import json", "import json\nimport os; import sys\n"),
        ("from a import (\n    b,\n)\n", "from a import c", "from a import (\n    b,\n)\nfrom a import c\n"),
        ("from a import *\n", "from a import c", "from a import *\nfrom a import c\n"),
    ],
)
def test_what_is_in_no_order_is_not_put_in_order(text: str, statement: str, expected: str) -> None:
    texts = {"main.py": text}
    assert applied(texts, [import_edit(texts, "main.py", statement=statement)])["main.py"] == expected


@pytest.mark.parametrize(
    ("text", "package", "expected"),
    [
        ("package a\n", "os", 'package a\n\nimport "os"\n'),
        ('package a\n\nimport "os"\n', "fmt", 'package a\n\nimport (\n\t"fmt"\n\t"os"\n)\n'),
        ('package a\n\nimport f "fmt"\n', "os", 'package a\n\nimport (\n\tf "fmt"\n\t"os"\n)\n'),
        (
            'package a\n\nimport (\n\t"fmt"\n\t"os"\n\n\t"example.com/b"\n)\n',
            "io",
            'package a\n\nimport (\n\t"fmt"\n\t"io"\n\t"os"\n\n\t"example.com/b"\n)\n',
        ),
        (
            'package a\n\nimport (\n\t"example.com/b"\n)\n',
            "io",
            'package a\n\nimport (\n\t"io"\n\n\t"example.com/b"\n)\n',
        ),
        ('package a\n\nimport "os"\nimport "io"\n', "fmt", 'package a\n\nimport "fmt"\nimport "os"\nimport "io"\n'),
    ],
)
def test_an_import_of_go_goes_where_gofmt_has_it(text: str, package: str, expected: str) -> None:
    assert applied({"a.go": text}, [golang.import_edit(text, "a.go", package=package)])["a.go"] == expected


def test_a_line_goes_in_order_where_there_is_one() -> None:
    assert sorted_place({}, "b") == 1
    assert sorted_place({3: "a", 4: "c"}, "b") == 4
    assert sorted_place({3: "a", 4: "c"}, "d") == 5
    assert sorted_place({3: "c", 4: "a"}, "b") == 5
