# `make` lists the targets. Nothing here needs more than a POSIX shell, make and Python 3.11 or newer.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
PY := $(VENV)/bin/python
# Another installer may take pip's place: make setup INSTALL="uv pip install --python .venv"
INSTALL ?= $(PY) -m pip install --quiet --disable-pip-version-check
# The tests use both cores of a small machine; one process a core is as much as memory allows.
WORKERS ?= 2
PYTEST := $(PY) -m pytest

.DEFAULT_GOAL := help
.PHONY: help run setup system test lint format types docs docs-check locale unit parity browser golden deep bench lock clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## set up and open the app on the demo shop
	$(VENV)/bin/streamlit run app.py --server.showEmailPrompt=false

setup: $(VENV)/.dev  ## everything that development and the tests need, in .venv

system:  ## system packages of the tests (chromium, Korean fonts, PostgreSQL), where apt and the right to use it are there
	@sh scripts/install-system.sh tests

test: system setup lint types docs-check  ## all checks and all tests; the one command that has to pass
	$(PYTEST) -n $(WORKERS) --dist loadfile

lint: setup  ## ruff, its formatting, and the layers (import-linter)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports

format: setup  ## let ruff format and fix what it can
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

types: setup  ## pyright, strict on ifdo_core
	$(VENV)/bin/pyright

docs: setup  ## write the generated pages anew
	$(PY) -m ifdo_core.docs

docs-check: setup  ## are the generated pages as the code says?
	$(PY) -m ifdo_core.docs --check

locale: setup  ## collect the texts of the screens; fails while one lacks its English
	$(PY) locale/build.py

unit: setup  ## the quick tests only, without browser, PostgreSQL and slow ones
	$(PYTEST) -m "not slow and not browser and not postgres"

parity: setup system  ## the same answers on DuckDB, ClickHouse (chdb) and PostgreSQL
	$(PYTEST) tests/parity

browser: setup system  ## Playwright on Debian's chromium
	$(PYTEST) tests/browser

golden: setup  ## propose counts for the hand-counted shop; a person confirms them
	$(PY) -m tests.golden

deep: setup  ## property tests with many more examples, and a million rows written to disk
	HYPOTHESIS_PROFILE=deep $(PYTEST) tests/property
	IFDO_LARGE=1 $(PYTEST) tests/unit/lists/test_memory.py tests/real/test_recommend_real.py

bench: setup  ## the ratios that the README shows, on 3,000,000 visits (minutes, and 6 GB of memory)
	$(PY) -m ifdo_core bench segments

lock: setup  ## write constraints.txt anew from what is installed
	$(PY) scripts/lock.py

clean:  ## remove .venv and every cache
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- how .venv comes about -----------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }
	@sh scripts/install-system.sh venv "$(PYTHON)"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(PY)
	@echo "Installing what the app needs into $(VENV) …"
	@$(INSTALL) -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(PY)
	@echo "Installing what development and the tests need into $(VENV) …"
	@$(INSTALL) -c constraints.txt -e ".[dev]"
	@touch $@ $(VENV)/.run
