# Needs python3 (3.11 or newer) and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
STATES ?= CA,NY,TX
SOURCES ?=
WORLD ?=
FLAGS ?=
# Wherever it is set, every process of the tests would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
# The command tells of Ctrl-C itself, and make ends by it, too: "Error 130" would say nothing more.
until_ctrl_c = trap 'interrupted=1' INT; $(1) || { status=$$?; test "$$interrupted" || exit $$status; }
SANDBOX_FLAGS = $(if $(SOURCES),--sources $(SOURCES)) $(if $(WORLD),--world $(WORLD))
DEMO_FLAGS = --states "$(STATES)" $(SANDBOX_FLAGS)

.PHONY: demo web web-live ui ui-live test test-fast test-deep test-dates bench lint types collected check deploy-check wheel lock docs clean

demo: .venv/.installed  ## run the whole pipeline against the sandbox
	@$(call until_ctrl_c,$(BIN)/showlist demo $(DEMO_FLAGS) $(FLAGS))

web: .venv/.installed  ## open the listener's page over the sandbox; runs the demo first
	@$(call until_ctrl_c,$(BIN)/showlist web $(if $(WORLD),--world $(WORLD)) $(FLAGS))

web-live: .venv/.installed  ## open the listener's page over the real APIs, with the keys of .env
	@$(call until_ctrl_c,$(BIN)/showlist web --live $(FLAGS))

ui: .venv/.installed  ## open the Dagster UI over the sandbox
	@$(call until_ctrl_c,$(BIN)/showlist ui $(SANDBOX_FLAGS) $(FLAGS))

ui-live: .venv/.installed  ## open the Dagster UI over the real APIs, with the keys of .env
	@$(call until_ctrl_c,$(BIN)/showlist ui --live $(FLAGS))

test: .venv/.installed-dev  ## run the whole test suite
	@TMPDIR=$$(./scripts/folder-of-tests) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: .venv/.installed-dev  ## run what takes no processes and no minutes
	@TMPDIR=$$(./scripts/folder-of-tests) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test-deep: .venv/.installed-dev  ## ask each property of the quick tests 500 times (needs half an hour)
	@TMPDIR=$$(./scripts/folder-of-tests) $(BIN)/python -m pytest -n 2 --hypothesis-profile=deep -m "not slow"

test-dates: .venv/.installed-dev  ## run the suite as on a dozen awkward dates (needs faketime)
	@./scripts/test-on-dates $(FLAGS)

bench: .venv/.installed-dev  ## measure calls, seconds and memory beside their references (8 minutes; FLAGS=--long)
	@$(call until_ctrl_c,$(BIN)/python -m showlist_assets_tests.benchmarks $(FLAGS))

lint: .venv/.installed-dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m showlist_assets.cli.reference_docs --check
	@$(BIN)/codespell
	@$(BIN)/python -m pytest -q -p no:cacheprovider showlist_assets_tests/test_docs.py

types: .venv/.installed-dev
	@$(BIN)/mypy

# Both processes of the tests would compile them at the same time.
collected: .venv/.installed-dev  ## find every test, and keep what they are compiled to
	@mkdir -p build
	@$(BIN)/python -m pytest --collect-only -qq -p no:cacheprovider >build/collected.txt || { cat build/collected.txt; false; }

check: lint types test

deploy-check: .venv/.installed-dev .venv/checkov/bin/checkov  ## look at deploy/ with the tools of its formats
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[deploy]'
	@$(BIN)/python -m pytest -q showlist_assets_tests/deploy

wheel: .venv/.installed  ## build the package, install it elsewhere, and run the demo from it
	@./.ci/try_wheel

lock: .venv/.installed-dev  ## write constraints.txt anew from the newest releases
	@./scripts/lock

.venv/bin/python:
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python setup.cfg constraints.txt
	@echo "Installing Showlist (a minute or two, once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "Installing the tools for development"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Apart, as it pins versions that Showlist's own packages do not go with.
.venv/checkov/bin/checkov:
	@echo "Installing checkov"
	@$(PYTHON) -m venv .venv/checkov
	@.venv/checkov/bin/python -m pip install -q --disable-pip-version-check 'checkov==3.3.30'

docs: .venv/.installed  ## write the generated pages of docs/
	@$(BIN)/python -m showlist_assets.cli.reference_docs

clean:  ## remove what was built; what Showlist keeps stays (`showlist reset` removes it)
	@rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find showlist_assets showlist_assets_tests -name __pycache__ -prune -exec rm -rf {} +
