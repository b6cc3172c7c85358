# Every target sets up what it needs: a bare Python 3.11+ and make are enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
BIN := .venv/bin
BOOK ?=

.PHONY: demo test check bench docs package sbom tutorials soak mutants lock clean run-env dev-env
.DEFAULT_GOAL := help

help: ## What can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run-env dev-env: %-env:
	@test -n "$(PYTHON)" || { echo "loansms needs Python 3.11 or newer on PATH (or make PYTHON=...)"; exit 2; }
	@$(PYTHON) scripts/bootstrap.py $*

demo: run-env ## Play the example books (or BOOK=path) through the sandbox and say what happened
	@$(BIN)/python examples/demo.py $(if $(BOOK),"$$BOOK") $(ARGS)

# Without its .pyc files every worker would compile, and rewrite the assertions of, the whole tree again.
test: dev-env ## Every test: rules, stores, crashes, documentation
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: dev-env ## Format, lint, types, floors, generated code and pages
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/python scripts/unasync.py --check
	@$(BIN)/python scripts/check_tree.py
	@$(BIN)/python scripts/jurisdictions.py --check
	@$(BIN)/python scripts/provider_acceptance.py --check
	@$(BIN)/python scripts/provider_matrix.py --check
	@$(BIN)/python scripts/diagrams.py --check
	@$(BIN)/python scripts/wording_rates.py --check
	@$(BIN)/python scripts/reply_rates.py --check
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/python scripts/type_completeness.py
	@$(BIN)/python scripts/surface.py --check
	@$(BIN)/python scripts/rule_changes.py --check

bench: dev-env ## Side-by-side figures, as ratios to a floor of the same run
	@$(BIN)/python benchmarks/run.py

docs: dev-env ## Every block of the documentation is executed, and the site is built into site/, strictly
	@$(BIN)/python -m pytest docs README.md README.zh-CN.md
	@rm -rf site
	@$(BIN)/python -m sphinx -q -W --keep-going -n -E -c docs -d build/doctrees . site
	@$(BIN)/python scripts/api_pages.py --check site

package: dev-env ## Wheel and sdist in dist/, looked into, installed and tried with each extra (ARGS="--quick": built and looked into)
	@$(BIN)/python scripts/package.py $(ARGS)

tutorials: dev-env ## Every tutorial to the letter, from a fresh clone, on each Python that is there (ARGS="3.12")
	@$(BIN)/python scripts/tutorials.py $(ARGS)

sbom: dev-env ## What a release stands on, as CycloneDX JSON in dist/
	@$(BIN)/python scripts/sbom.py

soak: dev-env ## Long runs: crash and race tests with many more rounds
	@LOANSMS_SOAK=1 $(BIN)/python -m pytest -n 2 --dist loadfile --hypothesis-profile=soak tests

mutants: dev-env ## Change compliance/ one place at a time and count what the tests notice (ARGS="--seed 7 --each 10")
	@$(BIN)/python scripts/mutants.py $(ARGS)

lock: ## Pin the requirements again (needs uv on PATH)
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra cli --extra portfolio -q -o requirements/run.txt pyproject.toml requirements/build.in
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra cli --extra portfolio --extra http --extra apprise --extra redis --extra postgres --extra mysql --extra spark --extra celery --extra otel --extra insights --extra mms --group dev -q -o requirements/dev.txt pyproject.toml requirements/build.in
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  -q -o requirements/train.txt requirements/train.in

clean: ## Remove what was made
	rm -rf .venv dist demo-out .hypothesis .mypy_cache .ruff_cache .import_linter_cache
