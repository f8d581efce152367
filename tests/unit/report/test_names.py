import subprocess
import sys

import pytest

from orchestrator import report


def test_every_public_name_is_there_and_no_other_is() -> None:
    assert sorted(report.__all__) == dir(report)
    assert set(report._HOMES) == set(report.__all__)
    assert [name for name in report.__all__ if not hasattr(report, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = report.nothing


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import orchestrator.report", {"rich", "pydantic", "orchestrator.report.state"}),
        ("from orchestrator.report import RunState, PlainProgress, summary_text", {"rich", "pydantic", "networkx"}),
        ("from orchestrator.report import LiveProgress", {"pydantic", "networkx", "anyio"}),
        ("from orchestrator.report import write_reports", {"rich", "networkx", "anyio"}),
    ],
)
def test_an_import_loads_only_what_it_uses(statement: str, absent: set[str]) -> None:
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert absent & set(loaded) == set()


def test_a_name_stays_a_name_when_its_module_is_loaded() -> None:
    program = "from orchestrator.report import *\nfrom orchestrator.report import document, markdown\n"
    subprocess.run([sys.executable, "-c", program + "assert callable(document) and callable(markdown)"], check=True)
