# make demo    environment, install, both spun seeds restored with the embedded model
# make test    everything CI checks: lint, types, tests, benchmark floors
# make lock    resolve the pinned versions anew
# make docs    write docs/cli.md, README tables and the picture from the program and the committed results
# A second run reinstalls only what a changed lock or pyproject.toml asks for.

PYTHON ?= python3
VENV ?= .venv
# TORCH=0 leaves PyTorch out (on Linux its usual wheel brings several GB of CUDA); the tests that need it are skipped.
TORCH ?= 1

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
KEY := $(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
DEV_KEY := $(shell cat requirements-dev.lock requirements-torch.lock pyproject.toml | cksum | cut -d' ' -f1)-$(TORCH)
RUNTIME := $(VENV)/.runtime-$(KEY)
DEV := $(VENV)/.dev-$(DEV_KEY)
SEEDS := seeds/000_51b03726b155822c.txt seeds/002_8a5da1890fba73c2.txt
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

export PYTHONUTF8 := 1

.PHONY: demo test lint types unit gate docs lock clean

demo: $(RUNTIME)
	$(BIN)/restore --diff --color always $(SEEDS)

test: lint types unit gate

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

unit: $(DEV)
	$(BIN)/python -m pytest --quiet

gate: $(DEV)
	$(BIN)/python benchmarks/gate.py

docs: $(DEV)
	$(BIN)/python scripts/cli_docs.py
	$(BIN)/python scripts/readme_tables.py
	$(BIN)/python scripts/picture.py

# Universal locks: one file serves every platform and Python from 3.11. torch itself stays out, see the file that pins it.
lock: $(DEV)
	$(PIP) install uv
	printf 'hatchling\neditables\n' | $(BIN)/uv $(COMPILE) -o requirements.lock pyproject.toml -
	echo 'torch ; sys_platform == "none"' > $(VENV)/without-torch.txt
	printf 'filelock\nfsspec\njinja2\nnetworkx\nsetuptools\nsympy\ntyping-extensions\nhatchling\neditables\n' \
	| $(BIN)/uv $(COMPILE) --extra dev --override $(VENV)/without-torch.txt --no-emit-package torch -c requirements.lock -o requirements-dev.lock \
	pyproject.toml -

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "restorer needs Python 3.11 or later; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	test $(TORCH) = 0 || $(PIP) install -r requirements-torch.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@
