# Needs Python 3.11 to 3.14 and make; everything else lands in .venv, made from requirements.lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
# Where the environment forbids it, every start would compile all of torch and SQLAlchemy anew: seconds each.
unexport PYTHONDONTWRITEBYTECODE
STAMP := .venv/.stamp

.PHONY: help setup run test check fix lock migrate bench bench-baseline score crash clean

help:  ## show this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## make or refresh .venv from requirements.lock

# pip only fetches uv (by its hash in the lock); uv installs the rest and removes what the lock no longer names. Compiled
# here once, on all cores: otherwise the first start and every first test would each compile what they import.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.14 found: install one, or say make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (the first time downloads PyTorch: a few minutes)"
	@test -x $(BIN)/python && $(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@test -x $(BIN)/uv || { awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.txt; \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt; }
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip sync -q --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install -q --no-deps --no-build-isolation --offline -e .
	@touch $@

run: setup  ## start the bot: in the playground, or on Telegram where TELEGRAM_BOT_TOKEN is set
	@$(BIN)/pastiche run

# Three processes, also on two cores: half of the time a test waits for programs that it has started.
test: check  ## check, then run all tests
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup  ## ruff, mypy (strict) and the import rules
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make fix" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-timing 2>/dev/null || $(BIN)/lint-imports

fix: setup  ## format and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup  ## choose the newest permitted versions and write requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra engine --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.lock

migrate: setup  ## write a migration from the tables: make migrate m="add birthdays"
	@test -n "$(m)" || { echo 'Say what it does: make migrate m="create jobs"' >&2; exit 2; }
	@draft=$$(mktemp -d); trap 'rm -rf "$$draft"' EXIT; url=sqlite:///$$draft/draft.db; \
		$(BIN)/alembic -x url=$$url upgrade head 2>/dev/null; $(BIN)/alembic -x url=$$url revision --autogenerate -m "$(m)"

bench: setup  ## measure speed and memory; results go to bench/results/
	@$(BIN)/python -m bench

bench-baseline: setup  ## record the classic mode once, ten minutes (needs PASTICHE_TEST_DATA)
	@$(BIN)/python -m bench.classic

crash: setup  ## kill everything at random, 500 times: is any job lost?
	@$(BIN)/python -m tests.crash.storm

score: setup  ## judge the painter on five pairs (needs PASTICHE_TEST_DATA)
	@$(BIN)/python -m engine.score

clean:  ## remove .venv and caches (never your data folder)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
