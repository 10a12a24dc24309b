# Everything a person needs. `make` alone lists the targets.
# Needs python3.11 with venv, make and PyPI; uses uv where it is on the PATH, which is faster.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

HOME_DIR ?= home
PORT ?= 3000
PYTHON ?= python3.11
PEOPLE ?= 20000
MEASURE ?= # arguments of `make bench`, by default 22 000, 150 000 and 1.5 million people: --people 22000 --repeat 3 --write; the country: --people 10600000 --towns DIR

BIN := .venv/bin
INSTALLED := .venv/.installed
SPARK_INSTALLED := .venv/.installed-spark
PACKAGES := assets bench data_contracts matching pipelines rules synthetic

.PHONY: help install spark demo ui bench detection linkage test test-slow format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install everything into .venv, as locked

$(INSTALLED): requirements.lock pyproject.toml
	@if command -v uv > /dev/null; then \
	  test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv; \
	  uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock; \
	  uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
	  test -x $(BIN)/pip || $(PYTHON) -m venv .venv; \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .; \
	fi
	@touch $@

spark: $(SPARK_INSTALLED) ## Add Apache Spark (0.5 GB, needs Java 17) for replaying years of nights

$(SPARK_INSTALLED): $(INSTALLED) requirements-spark.lock
	@if command -v uv > /dev/null; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	    -r requirements-spark.lock; \
	fi
	@touch $@

demo: install ## Make a synthetic town, run the night on it, show the ten top cases
	@$(BIN)/boendesignal demo --home $(HOME_DIR) --people $(PEOPLE)

ui: install ## Open the Dagster UI of HOME_DIR (default: home) on http://127.0.0.1:3000
	@umask 077; home="$$(realpath -m "$(HOME_DIR)")"; \
	export BOENDESIGNAL_HOME="$$home" DAGSTER_HOME="$$home/dagster"; \
	bin="$$(realpath $(BIN))"; cd "$$("$$bin/python" -m pipelines.instance "$$home")"; \
	PYTHONWARNINGS=ignore exec "$$bin/dagster" dev --host 127.0.0.1 --port $(PORT) \
	  --module-name pipelines.definitions

bench: install ## Time whole nights at several sizes, with the floor beside them
	$(BIN)/python -m bench.performance $(MEASURE)

detection: install ## Measure what the rules find in ten invented towns; writes docs/detection.md
	$(BIN)/python -m bench.detection --write

linkage: install ## Measure the linkage of people, Splink beside it; writes docs/linkage.md
	$(BIN)/python -m bench.linkage --write

test: install ## ruff, mypy, definitions validate and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@home="$$(mktemp -d)"; trap 'rm -rf "$$home"' EXIT; \
	DAGSTER_HOME="$$home" $(BIN)/dagster definitions validate --module-name pipelines.definitions \
	  --log-level warning
	$(BIN)/pytest -n 2

test-slow: install ## The whole-product tests
	$(BIN)/pytest -m slow

format: install ## Let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Choose versions anew and lock them with their hashes (needs uv)
	uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-strip-extras \
	  --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb')) \
	  ['project']['optional-dependencies']['spark'], sep='\n')" \
	| uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-strip-extras \
	  --python-version 3.11 --constraint requirements.lock - -o requirements-spark.lock

clean: ## Delete what was installed and what tools left; homes stay
	rm -rf .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
