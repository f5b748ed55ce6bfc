# Each target makes the virtual environment it needs in .venv.

PYTHON ?= python3
BIN := .venv/bin

# TensorFlow imports three times faster with its bytecode compiled, which this would prevent.
unexport PYTHONDONTWRITEBYTECODE
# Keep Material's notice about its successor out of the author's way.
export NO_MKDOCS_2_WARNING := 1

.PHONY: serve site test check bench
serve: .venv/docs  ## Show the site at http://127.0.0.1:8000, and again after each edit
	$(BIN)/mkdocs serve

site: .venv/docs  ## Build the site into site/; any warning is an error
	$(BIN)/mkdocs build --strict

test: .venv/test  ## Run the whole test suite
	$(BIN)/pytest --numprocesses 2 --dist loadfile

check: .venv/test  ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

bench: .venv/test  ## Measure the build against its time budgets
	$(BIN)/python tools/bench.py

.venv/docs .venv/test: pyproject.toml constraints.txt
	@echo "Setting up .venv with the extra '$(@F)'. TensorFlow is large: this takes a few minutes."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --compile --constraint constraints.txt --editable ".[$(@F)]"
	@touch $@ $(if $(filter test,$(@F)),.venv/docs)
