"""Each format says the same graph, and no label can leave its place in any of them."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import Foreach, NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.errors import GraphError
from orchestrator.graph.draw import FORMATS, Drawing, Edge, Node, plan_drawing, to_dot, to_json, to_mermaid, to_svg
from orchestrator.graph.draw.words import REPLACEMENT, one_line, shortened, width

HOSTILE = [
    '"quoted" and \\"escaped\\"',
    "two\nlines\r\nand\ttabs",
    "<script>alert('x')</script>",
    "]]> --> <!-- -- &lt; &amp;",
    "end",
    "`**bold** _it_` [link](x) #35; #quot;",
    "1. a list",
    "- a list",
    "a|b{c}d(e)f[g]h%%i;j",
    "\\N \\G \\L \\",
    "Ünïcødé 中文 🧪 العربية",
    "rtl \u202egnp.exe",
    "null \x00 bell \x07 escape \x1b[31m lone \ud800",
    "",
    "x" * 500,
]
SVG = "{http://www.w3.org/2000/svg}"


def drawing(*labels: str) -> Drawing:
    nodes = tuple(
        Node(id=f"{index}-{label}", label=label, kind=label, status="failed", notes=(label,))
        for index, label in enumerate(labels)
    )
    edges = tuple(Edge(nodes[0].id, node.id, labels[0]) for node in nodes[1:])
    return Drawing(labels[0], nodes, edges)


def element(text: str) -> ET.Element:
    return ET.fromstring(text)


any_text = st.text(st.characters(), max_size=30)
hostile = pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))


@hostile
def test_svg_stays_well_formed_and_shows_the_label_as_text(label: str) -> None:
    check_svg(label)


@given(any_text)
def test_svg_stays_well_formed_for_any_label(label: str) -> None:
    check_svg(label)


def check_svg(label: str) -> None:
    root = element(to_svg(drawing(label, "b")))
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "text", "g", "path"}
    attributes = {name for one in root.iter() for name in one.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    shown = [one.text or "" for one in root.iter(f"{SVG}text") if one.get("class") == "label"]
    assert shown[0] == one_line(label) or one_line(label).startswith(shown[0].removesuffix("…"))
    assert (root.findtext(f"{SVG}title") or "") == one_line(label)


def dot_strings(text: str) -> list[str]:
    """The quoted strings of a DOT text, read back by the language's own rules; fails where anything else is loose."""
    token = re.compile(r'"((?:[^"\\\n]|\\.)*)"|[\w.]+|->|[\[\]{};=,]|\s+')
    found, at = [], 0
    while at < len(text):
        match = token.match(text, at)
        assert match, f"not DOT at {text[at : at + 30]!r}"
        if match.group(1) is not None:
            found.append(match.group(1).replace("&amp;", "&"))
        at = match.end()
    return [re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), one) for one in found]


@hostile
def test_dot_keeps_every_label_inside_its_quotes(label: str) -> None:
    check_dot(label)


@given(any_text)
def test_dot_keeps_any_label_inside_its_quotes(label: str) -> None:
    check_dot(label)


def check_dot(label: str) -> None:
    strings = dot_strings(to_dot(drawing(label, "b")))
    assert strings[0] == one_line(label)
    caption = one_line(" · ".join(filter(None, [label, label, "failed"])))
    assert any(one in strings for one in (f"{one_line(label)}\n{caption}", caption, f"{one_line(label)}\n"))


MERMAID_LABEL = re.compile(r'"((?:[\w ,/@+=.·-]|#\d+;|<br/>|</?small>|[^\x00-\x7f])*)"')


@hostile
def test_mermaid_labels_hold_entities_for_all_that_could_be_read_as_grammar(label: str) -> None:
    check_mermaid(label)


@given(any_text)
def test_mermaid_is_safe_for_any_label(label: str) -> None:
    check_mermaid(label)


def check_mermaid(label: str) -> None:
    lines = to_mermaid(drawing(label, "b")).splitlines()
    assert lines[0] == lines[2] == "---"
    assert YAML(typ="safe", pure=True).load(lines[1]) == {"title": one_line(label)}
    assert lines[3] == "flowchart LR"
    node, other, edge, style = lines[4:]
    shown = MERMAID_LABEL.search(node)
    assert shown
    assert re.fullmatch(r"    n0\[\"[^\"]*\"\]:::failed", node)
    assert re.fullmatch(r"    n1\[\"[^\"]*\"\]:::failed", other)
    assert re.fullmatch(r"    n0 -->(\|\"[^\"]*\"\|)? n1", edge)
    assert style.startswith("    classDef failed ")
    text = re.sub(r"#(\d+);", lambda one: chr(int(one[1])), shown[1].partition("<br/>")[0])
    assert text == one_line(label)


@hostile
def test_json_keeps_the_label_exactly(label: str) -> None:
    document = json.loads(to_json(drawing(label, "b")))
    assert document["nodes"][0]["label"] == label
    assert document["graph"] == {"title": label}


def test_json_is_a_graph_for_networkx() -> None:
    document = json.loads(to_json(Drawing("t", (Node(id="a", label="A"), Node(id="b", label="B")), (Edge("a", "b"),))))
    graph: Any = nx.node_link_graph(document, edges="edges")
    assert list(graph.edges) == [("a", "b")]
    assert graph.nodes["a"]["label"] == "A"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_draws_nothing_at_all_and_ends_its_last_line(name: str) -> None:
    text = FORMATS[name](Drawing("", ()))
    assert text.endswith("\n")
    assert text == FORMATS[name](Drawing("", ()))


def test_a_tolerant_need_is_dashed_everywhere() -> None:
    one = Drawing("t", (Node(id="a", label="a"), Node(id="b", label="b")), (Edge("a", "b", "any"),))
    assert "style=dashed" in to_dot(one)
    assert "-.->" in to_mermaid(one)
    assert 'class="edge tolerant"' in to_svg(one)
    strict = Drawing("t", one.nodes, (Edge("a", "b", "succeeded"),))
    assert "dashed" not in to_dot(strict)
    assert "-.->" not in to_mermaid(strict)
    assert 'class="edge"' in to_svg(strict)


def test_svg_is_told_to_a_screen_reader_and_follows_the_colour_scheme() -> None:
    text = to_svg(drawing("a", "b", "c"))
    root = element(text)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}desc") == "3 nodes, 2 edges"
    assert "prefers-color-scheme:dark" in text
    assert "url(" not in text
    assert "@import" not in text
    titles = [one.text for one in root.iter(f"{SVG}title")]
    assert "0-a: a (a, a, failed)" in titles
    assert "1-b needs 0-a (a)" in titles


def test_every_status_has_a_mark_of_its_own_in_the_picture() -> None:
    words = ["pending", "ready", "running", "succeeded", "failed", "blocked", "skipped", "cancelled", "discarded"]
    marks = set()
    for word in words:
        root = element(to_svg(Drawing("t", (Node(id="a", label="a", status=word),))))
        marks |= {one.get("d") for one in root.iter(f"{SVG}path") if one.get("class") == "mark"}
    assert len(marks) == len(words)


def test_a_cycle_cannot_be_drawn_in_layers_and_is_named() -> None:
    nodes = tuple(Node(id=one, label=one) for one in "abc")
    with pytest.raises(GraphError, match="a -> b -> a"):
        to_svg(Drawing("t", nodes, (Edge("a", "b"), Edge("b", "a"), Edge("a", "c"))))


def test_a_drawing_refuses_doubled_ids_and_loose_ends() -> None:
    with pytest.raises(GraphError, match="share an id"):
        Drawing("t", (Node(id="a", label="a"), Node(id="a", label="b")))
    with pytest.raises(GraphError, match="'b', which is no node"):
        Drawing("t", (Node(id="a", label="a"),), (Edge("a", "b"),))


def test_a_plan_is_drawn_with_what_its_nodes_are() -> None:
    inner = NodeSpec(id=NodeId("x"), kind="run")
    plan = Plan(
        name="p",
        nodes=(
            NodeSpec(id=NodeId("a"), kind="run", name="The first", condition="always()"),
            NodeSpec(id=NodeId("b"), kind="loop", children=(inner, inner), needs={NodeId("a"): Wanted.ANY}),
            NodeSpec(id=NodeId("c"), kind="run", foreach=Foreach(items="[]"), needs={NodeId("b"): Wanted.JOIN}),
        ),
    )
    assert plan_drawing(plan, {"a": "succeeded"}) == Drawing(
        "p",
        (
            Node(id="a", label="The first", kind="run", status="succeeded", notes=("if",)),
            Node(id="b", label="b", kind="loop", notes=("2 inside",)),
            Node(id="c", label="c", kind="run", notes=("for each",)),
        ),
        (Edge("a", "b", "any"), Edge("b", "c")),
    )


def test_hidden_characters_become_visible() -> None:
    assert one_line("a\u202eb\x1b\nc\ud800") == f"a{REPLACEMENT}b{REPLACEMENT} c{REPLACEMENT}"


@given(any_text, st.floats(2, 20))
def test_a_shortened_text_fits_and_a_fitting_one_is_left_alone(text: str, limit: float) -> None:
    short = shortened(text, limit)
    assert width(short) <= limit + 1e-9
    assert short == text or short.endswith("…")
    assert (short == text) is (width(text) <= limit)
