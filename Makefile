# Every target sets the checkout up first, from Python (3.11 or newer), git and make alone.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format-check lint types imports shape wheel docs bench accept soak lock format clean

BIN := .venv/bin
PYTEST := $(BIN)/pytest -q
WORKERS := $(shell [ "$$(getconf _NPROCESSORS_ONLN)" -gt 1 ] && echo "-n auto --dist worksteal")
CODE := orchestrator tests scripts $(wildcard benchmarks) $(wildcard examples/repair.py)
DATA ?= $(RUNG_DATA)

# pytest's exit code 5 means that no test was found. Nothing ran, so nothing passed.
NONE_RAN = || { code=$$?; [ $$code -ne 5 ] || echo "$@: no such test exists yet, so nothing was shown" >&2; exit $$code; }

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r target text; do \
		printf '  make %-13s %s\n' "$$target" "$$text"; done

setup:  ## make .venv what the checkout needs (done by every target)
	@PYTHON="$(PYTHON)" scripts/setup.sh

demo: setup  ## run a workflow, then repair broken projects without a model, with live progress
	@cd examples/word-count && PATH="$(CURDIR)/$(BIN):$$PATH" sh demo.sh
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python examples/repair.py

# thread: a hanging test ends with its process, because a task that resists its cancellation survives a mere signal.
test: setup  ## the test suite
	$(PYTEST) --timeout-method=thread $(WORKERS)

check: format-check lint types imports shape wheel docs  ## everything that is not a test of behaviour
	@echo "check: all passed"

format-check: setup  ## check: formatting
	$(BIN)/ruff format --check .

lint: setup  ## check: lint
	$(BIN)/ruff check .

types: setup  ## check: strict types, tests included
	$(BIN)/mypy $(CODE)

imports: setup  ## check: who may import whom
	$(BIN)/lint-imports

shape: setup  ## check: size budget, tree, packaging
	$(PYTEST) tests/test_shape.py tests/test_package.py

wheel: setup  ## check: the wheel, built from the sdist and installed on its own
	$(BIN)/python scripts/test_wheel.py

docs: setup  ## check: the examples in the documentation, executed
	$(PYTEST) tests/test_docs.py

bench: setup  ## print the tables that the README quotes
	@scripts/bench.sh

accept: setup  ## replay recorded data: make accept DATA=DIR (or RUNG_DATA)
	@[ -d "$(DATA)" ] || { echo "accept: name the folder of recorded data: make accept DATA=DIR" >&2; exit 2; }
	RUNG_DATA="$(abspath $(DATA))" $(PYTEST) -m accept $(NONE_RAN)

soak: setup  ## long faults and large samples
	$(PYTEST) -m soak --hypothesis-profile=soak --timeout=3600 $(NONE_RAN)
	$(PYTEST) --hypothesis-profile=soak --timeout=3600 tests/unit/executor/test_loop_properties.py

lock: setup  ## make requirements/*.txt again from pyproject.toml (UPGRADE=1 takes newer versions)
	@UPGRADE="$(UPGRADE)" scripts/lock.sh

format: setup  ## format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environment and all that tools left
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
