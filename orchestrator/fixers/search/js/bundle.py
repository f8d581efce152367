"""The worker as one program text, so that it runs where nothing of this package is installed or mounted."""

import json
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["MODULES", "bootstrap", "payload"]

MODULES = ("limits", "values", "suite", "realm", "tests", "observe", "trials", "child", "main")
_BOOTSTRAP = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const made = new Map();
function load(name) {
  if (!name.startsWith("./")) return require(name);
  if (!made.has(name)) {
    const module = { exports: {} };
    made.set(name, module);
    const options = { filename: `rung:${name.slice(2)}` };
    require("vm").compileFunction(given.modules[name.slice(2)], ["require", "module"], options)(load, module);
  }
  return made.get(name).exports;
}
load(`./${given.start}`).main(given.request, given);
"""


def bootstrap() -> str:
    """What ``node -e`` is given: it reads the rest from standard input."""
    return _BOOTSTRAP


@cache
def _sources() -> dict[str, str]:
    folder = resources.files("orchestrator.fixers.search.js").joinpath("worker")
    return {f"{name}.cjs": folder.joinpath(f"{name}.cjs").read_text(encoding="utf-8") for name in MODULES}


def payload(request: Any) -> bytes:
    """What the bootstrap reads: the modules, and the request for the ``main`` of the first of them."""
    given = {"modules": _sources(), "start": "main.cjs", "boot": _BOOTSTRAP, "request": request}
    return json.dumps(given).encode()
