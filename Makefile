# `make run` serves reqtrack with its demo project, `make test` runs the tests; both make what they need first.
# PORT, HOST and DEMO=0 (no demo project) are respected; so are the settings of the program (DATABASE_URL, REQTRACK_DATA, …).

BIN := .venv/bin
PYTHON_RUN := $(BIN)/python
PORT ?= 8000
HOST ?= 127.0.0.1
DEMO ?= 1
export PORT HOST
# Containers often forbid it; without it each of the processes that are started anew compiles all that it imports, for seconds.
unexport PYTHONDONTWRITEBYTECODE
# Arguments for pytest, as in: make test ARGS="tests/items -k link"
ARGS ?=

.PHONY: help setup setup-test run test check check-all bench lint types contracts translations translations-check \
	migrations-check notices notices-check lock screenshots

help:
	@echo "make run          serve on http://$(HOST):$(PORT), with the demo project (DEMO=0: without)"
	@echo "make test         all tests (ARGS=… for pytest)"
	@echo "make check        lint, types, import contracts, translations, migrations, licences"
	@echo "make check-all    check, test, and the combinations of language and width that test leaves out"
	@echo "make bench        measure speed and size"
	@echo "make translations collect the texts, update and compile the catalogues"
	@echo "make screenshots  take the pictures of the README from the demo"
	@echo "make lock         resolve the ranges of setup.cfg anew (UPGRADE=1: to the newest)"
	@echo "make notices      write THIRD-PARTY.md from the locks and the vendored files"

setup:
	@.ci/environment run

setup-test:
	@.ci/environment test

# One process for all three: a second start is mostly the time to import.
STEPS := from reqtrack.commands import cli; import sys; \
	[cli(step.split(), prog_name="reqtrack", standalone_mode=False) for step in sys.argv[1:]]
run: setup
	@exec $(PYTHON_RUN) -c '$(STEPS)' "db upgrade" $(if $(filter-out 0,$(DEMO)),"demo load --if-empty") "serve"

test: setup-test
	@$(PYTHON_RUN) -m pytest $(ARGS)

check: setup-test lint types contracts translations-check migrations-check notices-check

check-all: check test
	@$(PYTHON_RUN) -m pytest -m "full and not bench" $(ARGS)

bench: setup-test
	@$(PYTHON_RUN) -m pytest -m bench -n 0 --timeout 1800 -s $(ARGS)

lint: setup-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup-test
	@$(BIN)/mypy

contracts: setup-test
	@$(BIN)/lint-imports --no-logo

translations: setup-test
	@$(PYTHON_RUN) -m tests.support.catalogues update

translations-check: setup-test
	@$(PYTHON_RUN) -m tests.support.catalogues check

# On a database of its own: neither the environment nor what `make run` made is looked at.
migrations-check: setup-test
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && unset DATABASE_URL && export REQTRACK_DATA="$$folder" && \
	$(PYTHON_RUN) -m reqtrack db upgrade >/dev/null && $(PYTHON_RUN) -m reqtrack db check && \
	echo "The migrations make what the models say."

notices: setup-test
	@$(PYTHON_RUN) -m tests.support.notices write

notices-check: setup-test
	@$(PYTHON_RUN) -m tests.support.notices check

screenshots: setup-test
	@$(PYTHON_RUN) -m tests.support.screenshots

COMPILE := $(BIN)/uv pip compile -q setup.cfg --universal --generate-hashes --python-version 3.11 --no-annotate \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock: setup-test
	@$(COMPILE) --extra postgres --extra sso --extra build -o requirements.lock
	@$(COMPILE) --extra postgres --extra sso --extra build --extra test --extra dev -c requirements.lock -o requirements-test.lock
