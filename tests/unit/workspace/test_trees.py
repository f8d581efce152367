"""Candidates on objects: writing, comparing, merging, keeping."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.domain.ids import NodeId
from orchestrator.domain.tree import TreeId
from orchestrator.errors import GitError, PathError, RefMovedError, UnsafeTreeError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.paths import PathPolicy
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.refs import candidate_ref
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.symlinks import leaving
from orchestrator.workspace.trees import entries, listing
from orchestrator.workspace.values import Conflict, Conflicted, Merged
from tests.unit.workspace.observing import RUN, edit

pytestmark = pytest.mark.anyio

ODD_NAMES = [
    "line\nbreak",
    "ta\tb",
    "-dash",
    "sp ace",
    "$(touch x);`y`",
    'quo"te',
    "\udcff\udcfe",
    "ünï",
    "back\\slash",
]


async def test_a_change_makes_a_new_tree_and_leaves_the_rest(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(
            run.facts.tree,
            [
                edit("a.txt", "two\n"),
                edit("deep/er/new.sh", "#!/bin/sh\n", before=None, mode="100755"),
                edit("src/b.txt", None),
                edit("tool.sh", "#!/bin/bash\n"),
            ],
        )
        found = {path: entry.mode for path, entry in (await listing(run.store, tree)).items()}
        assert found == {".gitignore": "100644", "a.txt": "100644", "deep/er/new.sh": "100755", "tool.sh": "100755"}
        assert await run.read(tree, ["a.txt", "tool.sh"]) == {"a.txt": b"two\n", "tool.sh": b"#!/bin/bash\n"}
        assert set(await run.changed_paths(run.facts.tree, tree)) == {"a.txt", "deep/er/new.sh", "src/b.txt", "tool.sh"}


async def test_no_change_is_the_same_tree(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        assert await run.write_tree(run.facts.tree, []) == run.facts.tree
        assert await run.write_tree(run.facts.tree, [edit("a.txt", "one\n")]) == run.facts.tree
        assert await run.diff(run.facts.tree, run.facts.tree) == ""


async def test_a_mode_is_set_only_when_a_change_says_so(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "one\n", mode="100755")])
        assert [(c.path, c.after and c.after.mode) for c in await run.changes(run.facts.tree, tree)] == [
            ("a.txt", "100755")
        ]


async def test_ignored_files_can_be_written_on_purpose(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("x.log", "log\n", before=None)])
        assert await run.changed_paths(run.facts.tree, tree) == ("x.log",)


@pytest.mark.parametrize(
    "change",
    [
        edit("/etc/passwd", "x", before=None),
        edit("../x", "x", before=None),
        edit(".git/config", "x", before=None),
        edit("sub/.GIT/hooks/x", "x", before=None),
        edit("a.txt", "x", mode="120000"),
        edit("a.txt", "x", mode="160000"),
        edit("a.txt", "x", mode="104755"),
    ],
)
async def test_unfit_paths_and_modes_are_refused(project: TempRepo, change: FileChange) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(PathError):
            await run.write_tree(run.facts.tree, [edit("a.txt", "fine\n"), change][change.path == "a.txt" :])


async def test_a_policy_narrows_what_may_be_written(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(PathError):
            await run.write_tree(run.facts.tree, [edit("a.txt", "x")], policy=PathPolicy(deny=("*.txt",)))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ([edit("link", "x")], "symbolic link"),
        ([edit("link/x", "x", before=None)], "file and a folder at once"),
        ([edit("src", "x", before=None)], "symbolic link, a submodule or a folder"),
        ([edit("a.txt/x", "x", before=None)], "file and a folder at once"),
        ([edit("gone", None)], "no such file to delete"),
        ([edit("a.txt", "x"), edit("a.txt", "y")], "changed twice"),
        ([edit("n", "x", before=None), edit("n/m", "y", before=None)], "makes a file of one of its folders"),
    ],
)
async def test_changes_that_cannot_be_are_refused(project: TempRepo, changes: list[FileChange], what: str) -> None:
    (project.folder / "link").symlink_to("src")
    project.commit({})
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match=what):
            await run.write_tree(run.facts.tree, changes)


async def test_text_that_stands_for_other_bytes_becomes_those_bytes_again(project: TempRepo) -> None:
    project.commit({"latin": b"caf\xe9\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        text = (await run.read(run.facts.tree, ["latin"]))["latin"].decode("utf-8", "surrogateescape")
        tree = await run.write_tree(run.facts.tree, [edit("latin", text + "x\n")])
        assert await run.read(tree, ["latin"]) == {"latin": b"caf\xe9\nx\n"}
        assert "caf\udce9" in await run.diff(run.facts.tree, tree)


async def test_names_of_any_bytes_go_through_every_operation(project: TempRepo, tmp_path: Path) -> None:
    project.commit({f"d/{name}": f"{number}\n" for number, name in enumerate(ODD_NAMES)})
    project.write({f"d/{ODD_NAMES[0]}": "dirty\n"})
    paths = [f"d/{name}" for name in ODD_NAMES]
    async with await RunRepository.create(project.folder, RUN) as run:
        read = await run.read(run.facts.tree, paths)
        assert read == {path: f"{number}\n".encode() for number, path in enumerate(paths)}
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        for path in paths[1:]:
            (out.folder / path).write_text("changed\n", encoding="utf-8")
        (out.folder / "-new\n").write_text("n\n", encoding="utf-8")
        tree = await out.collect()
        assert set(await run.changed_paths(run.facts.tree, tree)) == {*paths[1:], "-new\n"}
        assert await run.merge(run.facts.tree, ours=tree, theirs=run.facts.tree) == Merged(tree)
        await run.results.apply_to_user_tree(run.facts.tree, tree)
        assert (project.folder / "-new\n").exists()
        await run.results.undo()
        assert not (project.folder / "-new\n").exists()
        await run.results.export_patch(run.facts.tree, tree, path=tmp_path / "p.diff")
    project.git("stash", "--quiet")
    project.git("apply", "--index", str(tmp_path / "p.diff"))
    assert project.git("write-tree") == tree


async def test_the_patch_is_what_git_apply_takes_binary_files_included(project: TempRepo, tmp_path: Path) -> None:
    project.commit({"bin": bytes(range(256)), "no-end": "x", ".gitattributes": "*.txt diff=custom\n"})
    project.git("config", "diff.custom.textconv", "false")
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        (out.folder / "bin").write_bytes(bytes(range(255, -1, -1)))
        (out.folder / "no-end").write_text("y", encoding="utf-8")
        (out.folder / "a.txt").rename(out.folder / "renamed.txt")
        (out.folder / "tool.sh").chmod(0o644)
        (out.folder / "in").symlink_to("src/b.txt")
        tree = await out.collect()
        await run.results.export_patch(run.facts.tree, tree, path=tmp_path / "p.diff")
        assert await run.apply_patch(run.facts.tree, (tmp_path / "p.diff").read_bytes()) == tree
    project.git("apply", "--index", str(tmp_path / "p.diff"))
    assert project.git("write-tree") == tree


async def test_a_patch_that_does_not_fit_changes_nothing(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(GitError, match="patch failed"):
            await run.apply_patch(run.facts.tree, b"--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-other\n+x\n")


async def test_a_merge_takes_both_sides(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        base = run.facts.tree
        ours = await run.write_tree(base, [edit("a.txt", "two\n")])
        theirs = await run.write_tree(base, [edit("src/b.txt", "b\n" * 29 + "c\n"), edit("tool.sh", None)])
        merged = await run.merge(base, ours=ours, theirs=theirs)
        assert merged == await run.merge(base, ours=theirs, theirs=ours)
        assert isinstance(merged, Merged)
        found = await run.read(merged.tree, ["a.txt", "src/b.txt", "tool.sh"])
        assert found == {"a.txt": b"two\n", "src/b.txt": b"b\n" * 29 + b"c\n"}


async def test_the_base_of_a_merge_is_the_one_that_is_named(project: TempRepo) -> None:
    """Between the same two sides another base means another result."""
    async with await RunRepository.create(project.folder, RUN) as run:
        base = run.facts.tree
        removed = await run.write_tree(base, [edit("a.txt", None)])
        assert await run.merge(base, ours=base, theirs=removed) == Merged(removed)
        assert await run.merge(removed, ours=base, theirs=removed) == Merged(base)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (edit("a.txt", "two\n"), edit("a.txt", "three\n"), [Conflict("a.txt", "contents")]),
        (edit("a.txt", "two\n"), edit("a.txt", None), [Conflict("a.txt", "modify/delete")]),
        (edit("n", "1\n", before=None), edit("n", "2\n", before=None), [Conflict("n", "contents")]),
        (edit("bin", "\x00\x01"), edit("bin", "\x00\x02"), [Conflict("bin", "binary"), Conflict("bin", "contents")]),
    ],
)
async def test_conflicts_are_told_by_path_and_kind(
    project: TempRepo, ours: FileChange, theirs: FileChange, expected: list[Conflict]
) -> None:
    project.commit({"bin": b"\x00\x00"})
    async with await RunRepository.create(project.folder, RUN) as run:
        sides = [await run.write_tree(run.facts.tree, [side]) for side in (ours, theirs)]
        merged = await run.merge(run.facts.tree, ours=sides[0], theirs=sides[1])
        assert isinstance(merged, Conflicted)
        assert set(merged.conflicts) <= set(expected)
        assert {conflict.path for conflict in merged.conflicts} == {expected[0].path}
        assert expected[0] in merged.conflicts or expected[-1] in merged.conflicts


async def test_a_tree_that_does_not_exist_is_an_error(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        ours = await run.write_tree(run.facts.tree, [edit("a.txt", "x\n")])
        with pytest.raises(GitError):
            await run.merge(TreeId("0" * 39 + "1"), ours=ours, theirs=run.facts.tree)
        with pytest.raises(GitError):
            await run.write_tree(TreeId("0" * 39 + "1"), [edit("a.txt", "x")])


async def test_every_candidate_stays_reachable_by_node_and_attempt(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        nodes = [NodeId(name) for name in ("fix", "fix/1", "fix[a]", "fix[b]", "fix#1/x", "FIX", "x" * 400, "x" * 399)]
        kept = {}
        for number, node in enumerate(nodes):
            tree = await run.write_tree(run.facts.tree, [edit("a.txt", f"{number}\n")])
            kept[node] = await run.commit(tree, [run.facts.base], message=f"attempt at {node}")
            await run.keep(node, kept[node], attempt=1)
        assert {node: await run.candidate(node, 1) for node in nodes} == kept
        assert await run.candidate(nodes[0], 2) is None
        unreachable = TempRepo.at(run.store.git_dir).git("fsck", "--connectivity-only", "--unreachable")
        assert not any(commit in unreachable for commit in kept.values())


async def test_a_kept_candidate_is_not_replaced(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        one, two = [await run.commit(run.facts.tree, [run.facts.base], message=text) for text in "12"]
        await run.keep(NodeId("n"), one, attempt=1)
        await run.keep(NodeId("n"), one, attempt=1)
        with pytest.raises(RefMovedError, match="was moved, made or removed by somebody else"):
            await run.keep(NodeId("n"), two, attempt=1)
        assert await run.candidate(NodeId("n"), 1) == one


async def test_what_is_kept_is_in_a_pack_that_was_flushed(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "kept\n")])
        commit = await run.commit(tree, [run.facts.base], message="x")
        await run.keep(NodeId("n"), commit, attempt=1)
        objects = run.store.git_dir / "objects"
        for loose in objects.glob("[0-9a-f][0-9a-f]/*"):  # as after a loss of power
            loose.unlink()
        assert await run.read(tree, ["a.txt"]) == {"a.txt": b"kept\n"}
        assert await run.tree_of(commit) == tree


async def test_the_head_moves_by_compare_and_swap(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        one, two = [await run.commit(run.facts.tree, [run.facts.base], message=text) for text in "12"]
        await run.land(one, expected=run.facts.base)
        with pytest.raises(RefMovedError):
            await run.land(two, expected=run.facts.base)
        assert await run.head() == one
    assert project.head == run.facts.base


@given(st.lists(st.text(min_size=1, max_size=60), min_size=2, max_size=6, unique=True))
def test_different_nodes_never_share_a_reference(names: list[str]) -> None:
    refs = {candidate_ref(RUN, NodeId(name), attempt=1) for name in names}
    assert len(refs) == len(names)
    assert all(ref.isascii() and not set(ref) & set(" ~^:?*[\\") and ".." not in ref for ref in refs)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"a": "b"}, set()),
        ({"a": "/etc/passwd"}, {"a"}),
        ({"a": ".."}, {"a"}),
        ({"d/a": ".."}, set()),
        ({"d/a": "../.."}, {"d/a"}),
        ({"d/a": "./../x//y/."}, set()),
        ({"a": "a"}, {"a"}),
        ({"a": "b", "b": "a"}, {"a", "b"}),
        ({"p/q/up": "../..", "p/q/l": "up/.."}, {"p/q/l"}),
        ({"out": "/usr", "in": "out/bin"}, {"out", "in"}),
        ({"d": "x/y/z", "l": "d/../../f"}, set()),
        ({"l": "d/../../f"}, {"l"}),
        ({"l": ""}, set()),
    ],
)
def test_where_links_lead_is_decided_as_the_kernel_walks(links: dict[str, str], expected: set[str]) -> None:
    assert leaving(links) == expected


LEVELS = st.sampled_from(["a", "b", "c", "..", "."])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d/a", "d/b", "d/e/a"]), st.lists(LEVELS, min_size=1, max_size=5))
)
def test_no_link_that_is_let_through_leads_out_on_disk(
    tmp_path_factory: pytest.TempPathFactory, links: dict[str, list[str]]
) -> None:
    root = tmp_path_factory.mktemp("links") / "one" / "two" / "three" / "root"
    (root / "d" / "e").mkdir(parents=True)
    for path, levels in links.items():
        (root / path).symlink_to("/".join(levels))
    out = leaving({path: "/".join(levels) for path, levels in links.items()})
    for path in set(links) - out:
        assert (root / path).resolve(strict=False).is_relative_to(root)


NESTED = [
    "src",
    "src/deep",
    "src/deep/er.txt",
    "src/deep/er.txt/x",
    "src/b.txt",
    "a.txt",
    "gone",
    "gone/x",
    "src/",
    "sr",
]


@pytest.mark.parametrize("paths", [NESTED, NESTED[::-1]])
async def test_a_folder_and_what_is_in_it_are_both_told_and_nothing_else(project: TempRepo, paths: list[str]) -> None:
    project.commit({"src/deep/er.txt": "x\n", "src/deep/other.txt": "y\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        for asked in (paths, *([path] for path in paths), paths[:2], paths[1:5]):
            found = await entries(run.store, run.facts.tree, paths=asked)
            there = {path for path in asked if path in {"src", "src/deep", "src/deep/er.txt", "src/b.txt", "a.txt"}}
            assert set(found) == there
            assert {path for path, entry in found.items() if entry.mode == "040000"} == there & {"src", "src/deep"}
