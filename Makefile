# make demo, make test: all a new checkout needs is Python 3.11 or newer (with venv) and make.
# Everything is installed into .venv, at the versions and hashes of requirements/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
RUN_STAMP := $(VENV)/run.stamp
DEV_STAMP := $(VENV)/dev.stamp
NODE_STAMP := $(VENV)/node.stamp
# sarif-om asks for pbr, and that for setuptools, which it was built with and does not import.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-package pbr --no-emit-package setuptools

.DEFAULT_GOAL := help
.PHONY: help demo live-demo test browser github lint format docs check-docs golden package image sbom licences audit bench \
  fuzz fuzz-guided fuzz-tools soak soak-live mutants pins pythons test-oldest clean

sbom: $(DEV_STAMP)
	@mkdir -p dist && $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/hubscan.cdx.json requirements/azure.txt

help:
	@echo "make demo         scan the bundled estate; the reports are in hubscan-demo/"
	@echo "make live-demo    collect, scan and doctor against a stand-in for Azure on this machine"
	@echo "make test         the whole test suite, with coverage"
	@echo "make browser      the html report in the system's Chromium, which is installed where it is missing"
	@echo "make github       workflows and SARIF as GitHub's and Microsoft's own tools judge them; needs the npm registry"
	@echo "make lint         ruff, mypy, import contracts, workflow audit"
	@echo "make format       let ruff write what make lint asks for"
	@echo "make docs         write the generated pages again (make check-docs: are they up to date?)"
	@echo "make golden       write the demo's reports again into reports/examples"
	@echo "make package      build the wheel, install it into a clean environment and use it there; what it weighs"
	@echo "make licences     the licence of everything that is installed, into requirements/LICENSES.md"
	@echo "make audit        known vulnerabilities of everything that is pinned; asks the package index"
	@echo "make image        build the container image and use it; needs podman or docker"
	@echo "make sbom         the bill of materials, CycloneDX"
	@echo "make bench        the benchmarks, about five minutes"
	@echo "make fuzz         every reader against bad input, HUBSCAN_FUZZ_EXAMPLES=500 each"
	@echo "make fuzz-guided  the same, guided by coverage (atheris), HUBSCAN_FUZZ_SECONDS=60 each"
	@echo "make soak-live    audits of a faulty ARM, again and again, HUBSCAN_SOAK_MINUTES=30"
	@echo "make soak         commands killed at random moments, HUBSCAN_SOAK=200 times"
	@echo "make mutants      wrong policies and modules that no test finds out, HUBSCAN_MUTANTS=20 a module, 0 for policies alone"
	@echo "make pins         newest versions and their hashes into requirements/"
	@echo "make test-oldest  the suite against the oldest dependencies that pyproject.toml admits"
	@echo "make pythons      policies and demo under every other Python of this machine, 3.11 to 3.14"
	@echo "make clean        remove what the other targets made"

demo: $(RUN_STAMP)
	@$(BIN)/hubscan demo

live-demo: $(DEV_STAMP)
	@PYTHONPATH=tests $(BIN)/python -m standin

test: $(DEV_STAMP)
	@$(BIN)/python -m pytest --quiet --numprocesses auto --cov --cov-report=term-missing

browser: $(DEV_STAMP) requirements/browser.txt
	@tests/browser/chromium
	@$(PIP) install --require-hashes --no-deps --requirement requirements/browser.txt
	@HUBSCAN_BROWSER=1 $(BIN)/python -m pytest --quiet tests/browser

github: $(NODE_STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" HUBSCAN_GITHUB=1 $(BIN)/python -m pytest --quiet --numprocesses auto tests/github

lint: $(DEV_STAMP)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "make format mends this" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tests/licences.py --check
	@$(BIN)/zizmor --offline --quiet --pedantic .github action.yml
	@$(BIN)/shellcheck .ci/run .github/scripts/*.sh tests/browser/chromium tests/github/node tests/image tests/pythons
	@$(BIN)/hadolint Containerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml .github/examples/hubscan-*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.azure-pipelines --regex-variant python .github/examples/azure-pipelines.yml

licences: $(DEV_STAMP)
	@$(BIN)/python tests/licences.py

audit: requirements/audit.txt | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip -qq --disable-pip-version-check --no-input install --require-hashes --no-deps \
	  --requirement requirements/audit.txt
	@for file in run azure build dev browser node audit; do \
	  $(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	    --requirement requirements/$$file.txt || exit 1; done

format: $(DEV_STAMP)
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

docs: $(RUN_STAMP)
	@$(BIN)/python -m scanner.pages

check-docs: $(RUN_STAMP)
	@$(BIN)/python -m scanner.pages --check

golden: $(RUN_STAMP)
	@folder=$$(mktemp -d) && root=$$PWD && cd $$folder && $$root/$(BIN)/hubscan demo --no-color >/dev/null \
	  && cp hubscan-demo/report.* $$root/reports/examples/ && rm -r $$folder

package: $(DEV_STAMP)
	@$(BIN)/python tests/package_check.py

image:
	@tests/image

bench: $(DEV_STAMP)
	@$(BIN)/python tests/benchmarks
	@$(BIN)/python tests/benchmarks/live.py

fuzz: $(DEV_STAMP)
	@HUBSCAN_FUZZ_EXAMPLES=$${HUBSCAN_FUZZ_EXAMPLES:-500} $(BIN)/python -m pytest --quiet --numprocesses auto tests/fuzz

fuzz-tools: $(DEV_STAMP) requirements/fuzz.txt
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --requirement requirements/fuzz.txt

fuzz-guided: fuzz-tools
	@PYTHONHASHSEED=0 PYTHONPATH=.:tests $(BIN)/python tests/fuzz/guided.py \
	  --seconds $${HUBSCAN_FUZZ_SECONDS:-60} --inputs $${HUBSCAN_FUZZ_INPUTS:-0}

soak-live: $(DEV_STAMP)
	@PYTHONPATH=.:tests $(BIN)/python -m standin.soak --minutes $${HUBSCAN_SOAK_MINUTES:-30}

soak: $(DEV_STAMP)
	@HUBSCAN_SOAK=$${HUBSCAN_SOAK:-200} $(BIN)/python -m pytest --quiet tests/test_kills.py

mutants: $(DEV_STAMP)
	@PYTHONPATH=tests $(BIN)/python -m mutants policies
	@test "$${HUBSCAN_MUTANTS:-20}" = 0 || PYTHONPATH=tests $(BIN)/python -m mutants code

pins: $(DEV_STAMP)
	@$(PIP) install --upgrade uv
	@$(COMPILE) --upgrade --output-file requirements/run.txt pyproject.toml
	@$(COMPILE) --upgrade --output-file requirements/build.txt --constraint requirements/run.txt requirements/build.in
	@$(COMPILE) --upgrade --output-file requirements/azure.txt --constraint requirements/run.txt --extra azure pyproject.toml
	@$(COMPILE) --upgrade --output-file requirements/dev.txt --constraint requirements/run.txt --constraint requirements/build.txt --extra dev pyproject.toml
	@$(COMPILE) --upgrade --output-file requirements/browser.txt --constraint requirements/dev.txt requirements/browser.in
	@$(COMPILE) --upgrade --output-file requirements/node.txt requirements/node.in
	@$(COMPILE) --upgrade --output-file requirements/audit.txt requirements/audit.in
	@cd tests/github && PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only --loglevel error
	@$(COMPILE) --upgrade --output-file requirements/fuzz.txt --constraint requirements/dev.txt requirements/fuzz.in
	@$(COMPILE) --upgrade --output-file requirements/oldest.txt --resolution lowest-direct --extra azure pyproject.toml

test-oldest:
	@$(MAKE) --no-print-directory VENV=.venv-oldest .venv-oldest/oldest.stamp
	@.venv-oldest/bin/python -m pytest --quiet --numprocesses auto

.venv-oldest/oldest.stamp: $(DEV_STAMP) requirements/oldest.txt
	@$(PIP) install --require-hashes --no-deps --requirement requirements/oldest.txt
	@touch $@

pythons: $(RUN_STAMP)
	@tests/pythons

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: $(PYTHON) is missing or older than 3.11; name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "make: Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	@$(PIP) install --require-hashes --no-deps --requirement requirements/run.txt --requirement requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements/dev.txt $(RUN_STAMP)
	@$(PIP) install --require-hashes --no-deps --requirement requirements/dev.txt
	@touch $@

$(NODE_STAMP): tests/github/package-lock.json tests/github/workflows.mjs requirements/node.txt $(DEV_STAMP)
	@tests/github/node 2>/dev/null || $(PIP) install --require-hashes --no-deps --requirement requirements/node.txt
	@mkdir -p $(VENV)/node
	@cp tests/github/package.json tests/github/package-lock.json tests/github/.npmrc tests/github/workflows.mjs $(VENV)/node/
	@cd $(VENV)/node && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel error --prefer-offline >/dev/null || \
	  { echo "make: npm could not install what tests/github/package-lock.json names" >&2; exit 1; }
	@touch $@

clean:
	@rm -rf .venv .venv-* build dist hubscan-demo htmlcov .coverage .coverage.* .hypothesis \
	  .fuzz .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find scanner tests -name __pycache__ -type d -prune -exec rm -rf {} +
