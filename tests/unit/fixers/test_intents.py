"""Jobs that need no model."""

import pytest

from orchestrator.domain.suggestion import applied
from orchestrator.errors import EditError
from orchestrator.fixers.intents.licence import header_edits
from orchestrator.fixers.intents.lockfile import lock_commands
from orchestrator.fixers.intents.rename import rename_edits

RATES = '''def rate(years: int) -> float:
    """Yearly rate."""
    return 0.1 * years


def table(rate: float) -> str:
    return f"{rate:.2f}"


def total(rate=rate(1)) -> float:
    return rate


def all_rates() -> list[float]:
    return [rate(year) for year in range(2)]


class Plan:
    rate = 3

    def show(self) -> str:
        return f"{rate(1)} {self.rate}"
'''
USE = "import rates\nfrom rates import rate, table\n\nprint(rate(2), rates.rate(3), table(rate=1.0), {'rate': 1})\n"


def test_a_function_is_renamed_where_it_is_meant_and_nowhere_else() -> None:
    texts = {"rates.py": RATES, "main.py": USE}
    new = applied(texts, rename_edits(texts, "rates.py", old="rate", new="yearly_rate"))
    assert new["main.py"] == USE.replace("import rate,", "import yearly_rate,").replace(
        "print(rate(2), rates.rate(3)", "print(yearly_rate(2), rates.yearly_rate(3)"
    )
    assert "def yearly_rate(years" in new["rates.py"]
    assert 'def table(rate: float) -> str:\n    return f"{rate:.2f}"' in new["rates.py"]
    assert "def total(rate=yearly_rate(1)) -> float:\n    return rate\n" in new["rates.py"]
    assert "[yearly_rate(year) for" in new["rates.py"]
    assert "    rate = 3" in new["rates.py"]
    assert "{yearly_rate(1)} {self.rate}" in new["rates.py"]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("main.c", "rate", "x", "only names of Python modules"),
        ("rates.py", "nothing", "x", "does not define 'nothing'"),
        ("rates.py", "rate", "class", "'class' is no name"),
        ("rates.py", "rate", "table", "'table' is a name there already"),
    ],
)
def test_a_rename_that_cannot_be_sure_is_refused(file: str, old: str, new: str, reason: str) -> None:
    with pytest.raises(EditError, match=reason):
        rename_edits({"rates.py": RATES, "main.c": "int rate;\n"}, file, old=old, new=new)


def test_a_header_goes_below_the_first_lines_that_must_be_first() -> None:
    texts = {
        "a.py": "#!/usr/bin/env python3\nprint(1)\n",
        "b.c": "int x;\n",
        "c.py": "# Copyright 2020 somebody\n",
        "d.py": "",
        "e.bin": "x",
    }
    new = applied(texts, header_edits(texts, "Copyright Example\nAll kinds."))
    assert new == {
        "a.py": "#!/usr/bin/env python3\n# Copyright Example\n# All kinds.\n\nprint(1)\n",
        "b.c": "// Copyright Example\n// All kinds.\n\nint x;\n",
    }


def test_a_lock_file_says_which_tool_writes_it() -> None:
    files = ["pyproject.toml", "uv.lock", "web/package.json", "web/package-lock.json", "old/Cargo.lock"]
    assert [(folder, row.argv[0]) for folder, row in lock_commands(files)] == [("", "uv"), ("web", "npm")]
