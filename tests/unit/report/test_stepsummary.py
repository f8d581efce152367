import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from orchestrator.domain.events import Event
from orchestrator.domain.status import RunStatus
from orchestrator.report import RunState, markdown
from orchestrator.report.plaintext import clean
from orchestrator.report.stepsummary import SHOWN_ROWS
from tests.unit.report.script import HOSTILE, begun, failed, fold, hostile_events, node, run_ended, started

OURS = {"h2", "h3", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"}


class Page(HTMLParser):
    """What a reader sees: tags, the text of each code span, and the cells of each table row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.codes: list[str] = []
        self.rows: list[int] = []
        self.prose = ""
        self._inside = ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self._inside = tag
        if tag == "code":
            self.codes.append("")
        if tag == "tr":
            self.rows.append(0)
        if tag in {"td", "th"}:
            self.rows[-1] += 1

    def handle_endtag(self, _: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "code":
            self.codes[-1] += data
        elif self._inside != "pre":
            self.prose += data


def test_a_failed_run_tells_what_failed_and_what_did_not_run(failing: list[Event]) -> None:
    text = markdown(fold(failing))
    page = Page(text)
    assert page.tags <= OURS
    assert set(page.rows) == {4}
    assert page.codes[:3] == ["build-all", "compile[src-parser.c]", "exit 2"]
    assert text.startswith("## <code>build-all</code>: failed\n")
    assert "7 succeeded, 4 failed, 5 skipped. 16 nodes in 26 s; one after another 1 min 01 s, so 35 s saved." in text
    assert "src/parser.c:88:17: error: &#x27;tok&#x27; undeclared" in text
    assert "| <code>test</code> and 4 more | skipped | <code>behind compile, which failed</code> | |" in text


def test_a_run_that_edits_tells_its_attempts_and_its_result(editing: list[Event]) -> None:
    text = markdown(fold(editing))
    page = Page(text)
    assert "1 succeeded. 1 node in 4.5 s. 2 calls to models, 0.0045 USD." in text
    assert page.codes == [
        *("fix", "rung/run-7f3a", "git diff HEAD...rung/run-7f3a"),
        *("mend", "small", "tests: exit code 1"),
        *("mend", "large"),
    ]
    assert "</code> attempt 2, <code>large</code> | accepted |  | 2.0 s |" in text
    assert set(page.rows) == {4}


def test_a_blocked_run_tells_the_question(blocking: list[Event]) -> None:
    page = Page(markdown(fold(blocking)))
    assert "Ship version 1.4.0 to production?" in page.codes
    assert "waits for approve, which is blocked" in page.codes


def test_an_empty_and_an_unbegun_run() -> None:
    done = markdown(fold([begun(), run_ended(0, RunStatus.SUCCEEDED)]))
    assert done == "## <code>build-all</code>: succeeded\n\nno nodes. 0 nodes in 0.0 s.\n"
    assert markdown(RunState()).startswith("## <code>run</code>: unfinished\n")


def test_the_reason_of_the_run_is_told() -> None:
    ended = run_ended(1, RunStatus.BUDGET, "limits.minutes: 5 minutes are over")
    assert "limits.minutes: 5 minutes are over" in Page(markdown(fold([begun(node("a")), ended]))).codes


def test_hostile_text_stays_text(hostile: list[Event]) -> None:
    text = markdown(fold(hostile))
    page = Page(text)
    assert text.replace("\n", "").isprintable()
    assert page.tags <= OURS
    assert page.attributes == []
    assert set(page.rows) == {4}
    assert not re.search(r"@\w|www\.|://|#\d", page.prose), "GitHub would make a link of it"


def test_a_reader_sees_the_text_as_it_is() -> None:
    for text in (HOSTILE["markdown"], HOSTILE["html"], HOSTILE["markup"]):
        assert clean(text) in Page(markdown(fold(hostile_events(text)))).codes


def test_a_run_in_which_all_fails_stays_below_the_limit_of_a_summary() -> None:
    names = [f"n{number}" for number in range(2_000)]
    events: list[Event] = [begun(*map(node, names))]
    for name in names:
        events += [started(0, name), failed(1, name, "r" * 5_000, "line\n" * 5_000)]
    text = markdown(fold(events))
    assert len(text.encode()) < 1024 * 1024
    assert f"and {2_000 - SHOWN_ROWS:,} rows more" in text
