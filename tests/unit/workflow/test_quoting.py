"""What the scanner says of a script is what bash does with it."""

import subprocess
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.workflow.quoting import literal_regions

MARK = "${MARK}"
SCRIPTS = [
    "echo ${MARK}",
    'echo "${MARK}"',
    "echo '${MARK}'",
    "echo $'${MARK}'",
    "echo $'a\\'${MARK}'",
    "echo $'a\\\\'${MARK}",
    'echo $"${MARK}"',
    "echo \\${MARK}",
    "echo \\\\${MARK}",
    'echo "\\${MARK}"',
    'echo "\\\\${MARK}"',
    'echo "it\'s ${MARK}"',
    "echo 'say \"'${MARK}'\"'",
    "echo 'a'\\''${MARK}'",
    "echo \"$(echo '${MARK}')\"",
    'echo "$(echo "${MARK}")"',
    'echo "$(echo "\'${MARK}\'")"',
    "echo $(echo '(' \"${MARK}\" ')')",
    "echo `echo '${MARK}'`",
    'echo `echo "${MARK}"`',
    "echo \"`echo '${MARK}'`\"",
    "(echo '('; echo ${MARK})",
    "# it's a comment\necho ${MARK}",
    "echo a#'${MARK}'",
    "echo a # don't\necho ${MARK}",
    "echo $#'${MARK}'",
    "echo ${#HOME} '${MARK}'",
    "cat <<END\n${MARK}\nEND",
    "cat <<END\nit's ${MARK}\nEND",
    "cat <<'END'\n${MARK}\nEND",
    'cat <<"END"\n${MARK}\nEND',
    "cat <<\\END\n${MARK}\nEND",
    "cat <<E'N'D\n${MARK}\nEND",
    "cat <<-'END'\n\t${MARK}\n\tEND",
    "cat <<-END\n\t${MARK}\n\tEND",
    "cat <<'A' <<B\nx\nA\n${MARK}\nB",
    "cat <<A; cat <<'B'\nx\nA\n${MARK}\nB",
    "cat <<'END'\nx\nEND\necho ${MARK}",
    "cat <<'END' && echo \"${MARK}\"\nx\nEND",
    "cat <<< '${MARK}'",
    "cat <<< ${MARK}",
    "echo $((1 << 2)) ${MARK}",
    "x=1; echo $((x << 2)) '${MARK}'",
    "((x = (1 << 2))); echo ${MARK}",
    "((x = (1 << 2))); echo '${MARK}'",
    "echo $(( (1 + 2) * 3 )) '${MARK}'",
    'echo "$(( (1 + 2) ))${MARK}"',
    "case a in a) echo '${MARK}';; esac",
    "f() { echo '${MARK}'; }; f",
    "f() { echo ${MARK}; }; f",
    "echo ${HOME:-'x'} ${MARK}",
    "echo '\n' ${MARK}",
    "echo '\n${MARK}\n'",
    "echo a\\\n ${MARK}",
    'echo "a\\\n ${MARK}"',
    "if true; then echo '${MARK}'; fi",
]


def _expanded_by_bash(script: str) -> bool:
    environment = {"MARK": "seen", "PATH": "/usr/bin:/bin", "HOME": "/"}
    result = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ("seen" in result.stdout) != (MARK in result.stdout), result
    return "seen" in result.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_variable_is_expanded_by_bash_exactly_where_the_scanner_finds_no_literal_region(script: str) -> None:
    offset = script.index(MARK)
    literal = [region for region in literal_regions(script) if region.start <= offset < region.end]
    assert (not literal) == _expanded_by_bash(script)


@given(st.text(alphabet="ab'\"\\$()`#< \n-E{}", max_size=60))
def test_regions_of_any_text_are_in_order_and_apart(script: str) -> None:
    regions = literal_regions(script)
    assert all(0 <= region.start < region.end <= len(script) or region.start == region.end for region in regions)
    assert all(one.end <= other.start for one, other in pairwise(regions))


def test_a_script_without_quotes_has_no_literal_region() -> None:
    assert literal_regions("make all\nmake test") == []
    assert literal_regions("") == []
