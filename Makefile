# Two commands: `make run` opens Tailin on http://127.0.0.1:8000 (another port: make run PORT=8001),
# `make test` runs the tests. Needed: python3 (3.11 or newer) with venv, and Node.js's npm for the first set-up.
# `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
BENCH_VENV ?= .venv-bench
JOBS ?= 2
PORT ?= 8000
export PYTHONUTF8 := 1
# A run of the tests starts dozens of processes: each would compile everything again.
unexport PYTHONDONTWRITEBYTECODE
# Set-up must work where the home folder is empty or missing.
export npm_config_cache ?= $(CURDIR)/.cache/npm
export npm_config_update_notifier := false

VENDOR := registry/static/vendor
VENDORED := $(addprefix $(VENDOR)/,pico.min.css axe.min.js)
FONTS := registry/documents/fonts
FONT_SOURCES := $(addprefix node_modules/@expo-google-fonts/,noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf \
  noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf)
FONT_FILES := $(addprefix $(FONTS)/,$(notdir $(FONT_SOURCES)))
# A file's tests share what one of them made. In the folders' order: the slow ones are early, and none is left for last.
QUICK := $(PY) -m pytest -m "not long" -n $(JOBS) --dist loadfile --no-loadscope-reorder
PO := $(wildcard registry/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

.PHONY: help setup run test test-long prove-tests check messages bench tour lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.stamp $(VENDORED) $(FONT_FILES) $(MO) ## everything the other commands need

run: setup ## serve with demo data (DEMO=0 without) on http://127.0.0.1:$(PORT)
	DEMO=$${DEMO:-1} PORT=$(PORT) $(PY) -m registry.serve

# The browser waits for pages much of its time, so the others run beside it; what it said comes last.
test: setup ## all tests but the long ones
	@browser=$$(mktemp); failed=0; \
	trap 'kill $$(jobs -p) 2>/dev/null || true; rm -f "$$browser"' EXIT; trap 'exit 130' INT TERM; \
	$(QUICK) tests/browser >"$$browser" 2>&1 & \
	$(QUICK) --ignore=tests/browser || failed=1; \
	wait $$! || failed=1; \
	cat "$$browser"; exit $$failed

test-long: setup ## the long ones
	$(PY) -m pytest -m long

prove-tests: setup ## plant each bug of tests/mutants in a copy; its tests must turn red
	$(PY) -m tests.prove --jobs $(JOBS)

check: setup ## style, types, who imports whom, migrations equal models
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m tests.check_migrations

messages: $(VENV)/.stamp ## read the words of the screens into the Chinese catalogue
	$(VENV)/bin/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext --ignore-dirs '.* node_modules' --no-location --sort-output -o registry/translations/messages.pot .
	$(VENV)/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -i registry/translations/messages.pot -d registry/translations -D messages

bench: setup $(BENCH_VENV)/.stamp ## how fast acts, pages, verification, rules, carbon, imports and papers are (BENCH=--quick, BENCH=--full)
	$(BENCH_VENV)/bin/python -m bench.act $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.pages $(BENCH)
	$(BENCH_VENV)/bin/python -m bench.audit $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.tick $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.replay $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.rules $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.carbon $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.import $(filter-out --full,$(BENCH))
	$(BENCH_VENV)/bin/python -m bench.papers $(filter-out --full,$(BENCH))

tour: setup ## pictures of every screen, the README's into docs/pictures (TOUR=--readme: those alone)
	$(PY) -m tests.browser.tour $(TOUR)

lock: $(VENV)/.stamp ## take newer versions into the hashed requirements and package-lock.json
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt
	$(LOCK) --upgrade requirements-bench.in -o requirements-bench.txt
	npm install --package-lock-only --ignore-scripts
	@if grep -nE '://|^ *--(extra-)?index|^ *--find-links|"resolved"' requirements.txt requirements-dev.txt requirements-bench.txt package-lock.json; then \
	  echo 'A lock file names the place it was made from (lines above).' >&2; exit 1; fi

clean: ## remove what set-up made; the data in var/ stays
	rm -rf $(VENV) $(BENCH_VENV) node_modules $(VENDOR) $(FONTS) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f $(MO)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Tailin needs Python 3.11 or newer; name one with make PYTHON=...' >&2; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	touch $@

# What the benchmarks compare with stays out of the product's own environment.
$(BENCH_VENV)/.stamp: requirements.txt requirements-bench.txt
	test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-bench.txt
	touch $@

$(VENDORED) $(FONT_FILES) &: package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: it fetches the style sheet, the fonts of the papers and a test script once. Install Node.js (Debian: apt-get install npm), then try again.' >&2; exit 1; }
	npm ci --ignore-scripts --loglevel=error
	mkdir -p $(VENDOR)
	cp node_modules/@picocss/pico/css/pico.min.css node_modules/axe-core/axe.min.js $(VENDOR)/
	mkdir -p $(FONTS)
	cp --remove-destination $(FONT_SOURCES) $(FONTS)/
	touch $(VENDORED) $(FONT_FILES)

%.mo: %.po $(VENV)/.stamp
	$(VENV)/bin/pybabel -q compile -i $< -o $@
