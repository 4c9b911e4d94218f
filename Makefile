# The checks that CI runs, for a person. `make check` makes its own environment; the others use the active one.
.PHONY: check lint test slow
check:
	bash .ci/run
lint:
	ruff check . && ruff format --check . && mypy -p catenary && lint-imports
test:
	pytest
slow:
	pytest -m slow
