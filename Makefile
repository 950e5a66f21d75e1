# Everything a checkout needs is installed into the checkout: uv into .tools/ (unless there is one), Python packages into .venv/, all of
# them by hash. The Kubernetes control plane's binaries are cached outside, by content, because they take minutes to compile.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
BIN := .venv/bin
KEEP ?=
FROM_NOTHING ?=
AIRFLOW ?=
ARGS ?=
GO_CODE := sandbox tests

export UV_PYTHON_DOWNLOADS := never

.PHONY: help
help: ## Show what there is to make
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.installed ## Install everything into .venv (done by the others as needed)

.tools/uv/bin/uv: requirements/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mwaa-operator needs Python 3.11 or later: set PYTHON=...")'
	@echo "Installing uv into .tools/ ..."
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.lock
	@touch $@

.venv/.installed: $(filter .tools/uv/bin/uv,$(UV)) requirements/dev.lock operator/pyproject.toml sandbox/pyproject.toml
	@echo "Installing Python packages into .venv/ ..."
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e operator -e sandbox
	@touch $@

.PHONY: demo
demo: .venv/.installed ## Control plane, simulated AWS, operator: an example followed to AVAILABLE (KEEP=0 tears down, FROM_NOTHING=1 makes all it needs, AIRFLOW=1 runs a DAG)
	@$(BIN)/mwaa-sandbox demo $(if $(KEEP),$(if $(filter 0 no false,$(KEEP)),--no-keep,--keep)) \
		$(if $(filter-out 0 no false,$(FROM_NOTHING)),--from-nothing) $(if $(filter-out 0 no false,$(AIRFLOW)),--airflow) $(ARGS)

.PHONY: picture
picture: .venv/.installed ## Take docs/demo.svg anew from a run of the demo
	@$(BIN)/mwaa-sandbox demo --no-keep --record docs/demo.svg >/dev/null

.PHONY: screenshot
screenshot: .venv/.installed ## Take docs/airflow.png anew, with a headless Chromium in that demo (needs one: chromium-headless-shell of Debian)
	@$(BIN)/mwaa-sandbox demo --airflow --no-keep --screenshot docs/airflow.png

# With one hash seed for all, the order of sets is the same each time, and with it the stories that the model test makes up.
.PHONY: test
test: .venv/.installed ## Run every test, in two processes a core (ARGS="-k name" for some)
	@$(BIN)/mwaa-sandbox cluster assets >/dev/null
	@PYTHONHASHSEED=0 $(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --durations=15 $(ARGS)

.PHONY: lint
lint: .venv/.installed ## Check style, types, layers and what is generated
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >.import-linter.log 2>&1 || { cat .import-linter.log; exit 1; }
	@rm -f .import-linter.log
	@if command -v go >/dev/null; then \
		test -z "$$(gofmt -l $(GO_CODE))" || { gofmt -l $(GO_CODE); echo "run gofmt -w on these"; exit 1; }; \
		cd tests/gitops/verdicts && GOTOOLCHAIN=local GOWORK=off go vet -mod=readonly .; fi

.PHONY: format
format: .venv/.installed ## Put code into the form that lint asks for
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: generate
generate: .venv/.installed ## Write crds/ and docs/reference/ anew from the models
	@$(BIN)/python tools/generate.py

.PHONY: crash
crash: .venv/.installed ## Kill the operator before and after the calls it makes (ARGS=--every-call: each look as well), into docs/results/
	@$(BIN)/mwaa-sandbox cluster assets >/dev/null
	@PYTHONPATH=tests $(BIN)/python -m crash $(ARGS)

.PHONY: bench
bench: .venv/.installed ## Measure a fleet of 300 environments (about 10 minutes), into benchmarks/results/
	@$(BIN)/mwaa-sandbox cluster assets >/dev/null
	@$(BIN)/python benchmarks/fleet.py $(ARGS)

.PHONY: bench-artifacts
bench-artifacts: .venv/.installed ## Measure 5,000 DAG files of 1 GB on their way into a bucket (about 15 minutes), into benchmarks/results/
	@$(BIN)/mwaa-sandbox cluster assets >/dev/null
	@$(BIN)/python benchmarks/artifacts.py $(ARGS)

.PHONY: soak
soak: .venv/.installed ## Let everything go wrong at random for 20 minutes (ARGS="--minutes 2 --environments 40"), into benchmarks/results/
	@$(BIN)/mwaa-sandbox cluster assets >/dev/null
	@$(BIN)/python benchmarks/soak.py $(ARGS)

# Nobody's registry is named in a lock: whoever installs takes the packages from where they are used to, and the hashes say that they are
# the right ones.
LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: lock
lock: $(filter .tools/uv/bin/uv,$(UV)) ## Renew the hash-locked requirements
	@$(LOCK) operator/pyproject.toml -o requirements/operator.lock
	@$(LOCK) operator/pyproject.toml sandbox/pyproject.toml --group dev -o requirements/dev.lock
	@$(LOCK) requirements/build.in -o requirements/build.lock
	@$(LOCK) requirements/uv.in -o requirements/uv.lock

.PHONY: clean
clean: ## Remove what was installed into the checkout
	@rm -rf .venv .tools build .mypy_cache .ruff_cache .pytest_cache .hypothesis
