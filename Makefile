# Everything a person does with the repository. `make` alone lists it.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
LOCALE := src/tamis/locale
# Modules are compiled once, wherever they lie, though an environment may forbid to write beside them.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.pytest_cache/compiled
SPHINX := $(BIN)/python -m sphinx -q -W --keep-going -d docs/_build/doctrees

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup test format format-check lint types imports docs pytest coverage verify bench demo \
        demo-serve lock catalogues clean

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## Create .venv with the pinned packages and tamis itself

# The stamp is written last: a set-up that was cut short starts again.
$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tamis needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make a virtual environment; on Debian and Ubuntu install python3-venv." >&2; exit 1; }
	$(BIN)/python -m pip install -qq --no-compile --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -qq --no-compile --no-deps --no-build-isolation -e .
	@touch $@

test: setup format-check lint types imports docs pytest  ## Every check; the tests come last

format: setup  ## Rewrite the code in the project's format
	$(BIN)/ruff format
	$(BIN)/ruff check --select I --fix

format-check: setup  ## Say which files are not in the project's format
	$(BIN)/ruff format --check

lint: setup  ## Look for mistakes with ruff
	$(BIN)/ruff check

types: setup  ## Check the types of src with mypy --strict
	$(BIN)/mypy

imports: setup  ## Check who imports whom
	$(BIN)/lint-imports

docs: setup  ## Build the documentation and run its examples; no warning is let through
	$(SPHINX) -b html docs docs/_build/html
	$(SPHINX) -b doctest docs docs/_build/doctest

# Playwright keeps an event loop running in its process, where other tests could begin none. Tests of
# Spark come last, in one process: each of two would start a Java of its own.
pytest: setup  ## Run the tests and docstring examples
	$(BIN)/python -m pytest -n 2 -m "not verify and not spark" --ignore=tests/web
	$(BIN)/python -m pytest -n 2 -m "not verify" tests/web
	$(BIN)/python -m pytest -m "not verify and spark" tests/engines

coverage: setup  ## The same, and measure coverage by branches; 95 % are asked for (slow: it traces)
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term-missing:skip-covered

verify: coverage  ## Coverage, then the long proofs: many random models, fuzzing, simulations
	HYPOTHESIS_PROFILE=verify $(BIN)/python -m pytest -m "verify and not spark" -n 2
	HYPOTHESIS_PROFILE=verify $(BIN)/python -m pytest -m "verify and spark" tests/engines

bench: setup  ## Measure speed and memory, and print the ratios
	$(BIN)/python -m benchmarks

demo: setup  ## Score the example company and write its report
	$(BIN)/tamis demo

demo-serve: setup  ## Run the application on a company at work, with people to log in as
	$(BIN)/tamis demo --serve

lock: $(READY)  ## Pin the newest allowed packages again
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --all-extras \
	  --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --all-extras --group dev --constraints requirements.lock \
	  --output-file requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --extra server --group image \
	  --constraints requirements-dev.lock --output-file deploy/requirements.lock pyproject.toml

catalogues: setup  ## Gather the texts to translate, then compile the French ones
	$(BIN)/pybabel --quiet extract -F pyproject.toml --omit-header --sort-by-file --no-location \
	  -o $(LOCALE)/tamis.pot src/tamis
	$(BIN)/pybabel --quiet update -D tamis -i $(LOCALE)/tamis.pot -d $(LOCALE) --no-fuzzy-matching \
	  --ignore-obsolete
	$(BIN)/pybabel --quiet compile -D tamis -d $(LOCALE)

clean:  ## Remove .venv, caches and everything built
	rm -rf $(VENV) build dist docs/_build htmlcov .coverage .coverage.* \
	  .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
