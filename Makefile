# Every command a person or the continuous integration needs. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
# As many tests at a time as there are cores, up to eight: each brings a browser or a server of its own.
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 8 ? n : 8)))
export WORKERS

PYTEST = $(BIN)/python -m pytest
SOURCES := $(wildcard supportdesk tests bench migrations)
CATALOGUES := $(wildcard supportdesk/translations/*/LC_MESSAGES/messages.po)
# Without its cache in the home folder: nothing outside the clone is touched.
PIP = $(BIN)/python -m pip --disable-pip-version-check --no-cache-dir --no-input --quiet

export DEBIAN_FRONTEND := noninteractive
export PIP_ROOT_USER_ACTION := ignore
# The tests start processes by the dozen: none of them shall compile the house anew.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## ---- Installing

.PHONY: setup
setup: .venv/installed .venv/decoder translations ## Make .venv and install what the desk needs to run
	@:

.PHONY: setup-dev
setup-dev: .venv/installed-dev .venv/decoder translations ## … and what is needed to work on it
	@:

.venv/bin/python:
	@bin/make-venv $(PYTHON)

# The lock holds every package with its hash, so nothing is resolved here; setuptools is in it, for the project itself.
.venv/installed: requirements.txt setup.cfg pyproject.toml | .venv/bin/python
	@echo 'Installing what the desk runs on …'
	@$(PIP) install --require-hashes --no-deps -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo 'Installing what is needed to work on it …'
	@$(PIP) install --require-hashes --no-deps --no-compile -r requirements-dev.txt
	@touch $@

# Asked for once: without npm it is done without, and not tried again at every start.
.venv/decoder: package-lock.json requirements-node.txt bin/fetch-decoder | .venv/installed
	@bin/fetch-decoder
	@touch $@

.PHONY: decoder
decoder: .venv/installed ## Fetch anew what phones load that cannot read QR codes by themselves
	@bin/fetch-decoder

.PHONY: translations
translations: $(CATALOGUES:.po=.mo)

%.mo: %.po | .venv/installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# While packages come from one place the browser comes from another. Its driver is a package: all is asked again afterwards.
.PHONY: browser
browser:
	@bin/install-browser 2>/dev/null || true

## ---- Using

.PHONY: run
run: setup ## Fill a fresh demo and serve it on 127.0.0.1:8000 (or SUPPORTDESK_PORT)
	@exec $(BIN)/supportdesk demo

.PHONY: bench
bench: setup-dev ## Measure the desk beside a bare Flask application, and print the ratios
	@$(BIN)/python -m bench

## ---- Checking

.PHONY: test
test: ## Everything: lint, tests on SQLite, on PostgreSQL and in the browser
	@$(MAKE) -j2 setup-dev browser
	@bin/install-browser
	@bin/test-all

.PHONY: test-sqlite
test-sqlite: setup-dev ## The tests on SQLite
	@$(PYTEST) tests --ignore=tests/browser --database=sqlite -n $(WORKERS) --dist worksteal

.PHONY: test-postgresql
test-postgresql: setup-dev ## The same tests on PostgreSQL
	@$(PYTEST) tests --ignore=tests/browser --database=postgresql -n $(WORKERS) --dist worksteal

.PHONY: test-browser
test-browser: setup-dev ## The tests in Chromium
	@bin/install-browser
	@$(PYTEST) tests/browser -n $(WORKERS) --dist worksteal

.PHONY: pictures
pictures: setup-dev ## Take the pictures of docs/ anew and print the operating cards
	@bin/install-browser
	@$(PYTEST) tests/browser/test_loop.py --pictures=docs/pictures
	@$(PYTEST) tests/browser/test_cards.py -k open --pictures=docs/pictures
	@$(PYTEST) tests/browser/test_cards.py -k sheet --pictures=docs/pictures

.PHONY: search-table
search-table: setup-dev ## Measure anew how well answer cards are found, and write it into docs/search.md
	@$(BIN)/python -m tests.helpdesk.cards.quality

.PHONY: lint
lint: setup-dev ## ruff, mypy, the floors of the house, templates, the English catalogue
	@bin/lint $(SOURCES)

.PHONY: format
format: setup-dev ## Put the Python code in order
	@$(BIN)/ruff check --quiet --fix-only $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

## ---- Keeping

.PHONY: catalogue
catalogue: setup-dev ## Take new texts from the source into the catalogues
	@bin/update-catalogue

.PHONY: migration
migration: setup-dev ## Write a migration from the models: make migration message='what changes'
	@test -n "$(message)" || { echo "make migration: say what changes, message='…'" >&2; exit 1; }
	@$(BIN)/flask --app supportdesk db upgrade
	@$(BIN)/flask --app supportdesk db migrate --message "$(message)"
	@$(BIN)/ruff format --quiet migrations

.PHONY: lock
lock: setup-dev ## Write the locked requirements from setup.cfg
	@bin/lock

.PHONY: upgrade
upgrade: setup-dev ## Lock the newest versions that setup.cfg allows
	@bin/lock --upgrade

.PHONY: clean
clean: ## Remove what was built; the demo's data in instance/ stays
	@rm -rf .venv node_modules supportdesk/static/decoder build dist test-results *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
