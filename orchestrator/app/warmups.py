"""How the checkouts of a run become what its commands expect: with the sources that were generated for the user's."""

import hashlib
import json
import posixpath
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import anyio.from_thread

from orchestrator.app.generated import Known, generated_in, lay_generated, made_of_none
from orchestrator.app.packs import own_packs
from orchestrator.app.rooms import reader
from orchestrator.validation.packs import detect
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing
from orchestrator.workspace.warm import Place, WarmUp


async def seeing_generated(repository: RunRepository, env: Mapping[str, str]) -> WarmUp:
    """Puts generated sources into checkouts of ``repository``'s run, see :func:`generated_in`; nothing where none is.

    Of those whose beginning names a file of the tree nothing is there: a candidate may change that file, and its
    commands are the user's own and may make what they need.

    Raises:
        GitError: the run's base cannot be read, or git cannot say what is ignored.
        ConfigError: a pack cannot be used.
    """
    facts = repository.facts
    if facts.common_dir is None or facts.work_tree is None:
        return WarmUp()
    root = facts.work_tree

    def known() -> Known:
        packs = own_packs(root, env)
        files = anyio.from_thread.run(listing, repository.store, facts.tree)
        return detect(sorted(files), reader(root), packs=packs), packs

    found = await generated_in(repository.store.git, root, known=known)
    if not found:
        return WarmUp()  # as for most projects: what they hold is not even asked for
    files = await listing(repository.store, facts.tree)
    texts = made_of_none(found, frozenset(map(posixpath.basename, files)))
    return WarmUp(recipe=_recipe(texts), set_up=partial(_lay, texts)) if texts else WarmUp()


def _recipe(texts: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(texts), sort_keys=True).encode()).hexdigest()


async def _lay(texts: Mapping[str, str], place: Place) -> None:
    await lay_generated(Path(place.folder), texts)
