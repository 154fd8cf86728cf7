# Two commands: `make run` opens Tailin on http://127.0.0.1:8000 (another port: make run PORT=8001),
# `make test` runs the tests. Needed: python3 (3.11 or newer) with venv, and Node.js's npm for the first set-up.
# `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
JOBS ?= 2
PORT ?= 8000
export PYTHONUTF8 := 1
# Set-up must work where the home folder is empty or missing.
export npm_config_cache ?= $(CURDIR)/.cache/npm
export npm_config_update_notifier := false

VENDOR := registry/static/vendor
VENDORED := $(addprefix $(VENDOR)/,pico.min.css axe.min.js)
PO := $(wildcard registry/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

.PHONY: help setup run test test-long check messages bench tour lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.stamp $(VENDORED) $(MO) ## everything the other commands need

run: setup ## serve with demo data (DEMO=0 without) on http://127.0.0.1:$(PORT)
	DEMO=$${DEMO:-1} PORT=$(PORT) $(PY) -m registry.serve

test: setup ## all tests but the long ones
	$(PY) -m pytest -m "not long" --ignore=tests/browser -n $(JOBS)
	$(PY) -m pytest -m "not long" tests/browser -n $(JOBS) --dist loadfile

test-long: setup ## the long ones
	$(PY) -m pytest -m long

check: setup ## style, types, who imports whom, migrations equal models
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m tests.check_migrations

messages: $(VENV)/.stamp ## read the words of the screens into the Chinese catalogue
	$(VENV)/bin/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext --ignore-dirs '.* node_modules' --no-location --sort-output -o registry/translations/messages.pot .
	$(VENV)/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -i registry/translations/messages.pot -d registry/translations -D messages

bench: setup ## how fast the pages answer
	$(PY) -m bench.pages

tour: setup ## pictures of every screen, into docs/pictures
	$(PY) -m tests.browser.tour

lock: $(VENV)/.stamp ## take newer versions into the hashed requirements and package-lock.json
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt
	npm install --package-lock-only --ignore-scripts
	@if grep -nE '://|^ *--(extra-)?index|^ *--find-links|"resolved"' requirements.txt requirements-dev.txt package-lock.json; then \
	  echo 'A lock file names the place it was made from (lines above).' >&2; exit 1; fi

clean: ## remove what set-up made; the data in var/ stays
	rm -rf $(VENV) node_modules $(VENDOR) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f $(MO)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Tailin needs Python 3.11 or newer; name one with make PYTHON=...' >&2; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	touch $@

$(VENDORED) &: package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: it fetches the style sheet and a test script once. Install Node.js (Debian: apt-get install npm), then try again.' >&2; exit 1; }
	npm ci --ignore-scripts --loglevel=error
	mkdir -p $(VENDOR)
	cp node_modules/@picocss/pico/css/pico.min.css node_modules/axe-core/axe.min.js $(VENDOR)/
	touch $(VENDORED)

%.mo: %.po $(VENV)/.stamp
	$(VENV)/bin/pybabel -q compile -i $< -o $@
