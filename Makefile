# Two commands matter: `make up` runs Jiesu on this machine, `make test` checks it.
# Nothing but make and Python 3.11 or newer is needed; the rest goes into .venv.

.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST_FLAGS ?=

.PHONY: help up test lint ruff mypy imports deptry browser format bench lock

help:
	@echo "make up      start Jiesu with its own Postgres and Temporal; Ctrl-C stops it"
	@echo "make test    all checks and tests"
	@echo "make lint    the checks alone"
	@echo "make format  put the code into its form"
	@echo "make bench   measure against a bare baseline (SMALL=1: only to see whether it runs)"
	@echo "make lock    pin the dependencies of pyproject.toml anew"

# What the console is built from; its generated client and its packages are made along with it.
CONSOLE := openapi.json $(shell find console \( -name node_modules -o -name client \) -prune -o -type f -print)

# The stamp makes the second run instant: environment and console are made again only when these change.
.venv/.installed: pyproject.toml requirements.lock $(CONSOLE)
	@sh ops/bootstrap.sh
	@touch $@

up: .venv/.installed
	@exec $(BIN)/jiesu up

lint: ruff mypy imports deptry

ruff: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

mypy: .venv/.installed
	$(BIN)/mypy

imports: .venv/.installed
	$(BIN)/lint-imports

deptry: .venv/.installed
	$(BIN)/deptry .

# What the browser tests need of the machine; it is fetched beside what .venv needs.
browser:
	@.ci/browser

# Two processes, each with engines of its own; the tests of one file stay together and share them. They start
# hundreds of Pythons: none compiles again what another compiled, whatever the caller's own wish.
test:
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint browser
	PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/pycache \
		$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS)

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.installed
	$(BIN)/pytest -m bench tests/bench -s $(if $(SMALL),--small) $(PYTEST_FLAGS)

lock: .venv/.installed
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock --upgrade
