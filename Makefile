# `make demo` and `make test` do all set-up in .venv, from a bare checkout with Python 3.11 or later.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check tests wheel docs lock locked clean

help:
	@echo "make demo    set up and audit examples/imo-creator"
	@echo "make test    set up and run every check: ruff, mypy, generated docs, tests, wheel"
	@echo "make docs    write the generated documents anew"
	@echo "make locked  set up with the versions and hashes of requirements-dev.lock"
	@echo "make lock    write requirements-dev.lock anew"
	@echo "make clean   remove .venv and everything built"

$(VENV)/.demo: pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $(VENV)/.demo $@

demo: $(VENV)/.demo
	$(BIN)/ctb audit --exit-zero examples/imo-creator

test: check tests wheel

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

tests: $(VENV)/.dev
	$(BIN)/pytest -n 2

wheel: $(VENV)/.dev
	rm -rf build/wheel
	$(BIN)/python -m build --quiet --wheel --outdir build/wheel .
	$(PYTHON) -m venv --clear build/wheel/venv
	build/wheel/venv/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	cd build/wheel && venv/bin/ctb --version && venv/bin/ctb rules --format json > rules.json \
		&& venv/bin/ctb audit --exit-zero --no-log ../../examples/imo-creator > audit.txt

# Versions and hashes of everything that development installs, for every platform and Python.
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5,<1"
	$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make lock" --output-file requirements-dev.lock

locked:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(VENV)/.demo $(VENV)/.dev

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
