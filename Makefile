# Two commands: `make demo` shows the whole programme, `make test` proves it.
PYTHON ?= python3
WAIT ?= 1
STAMP := .venv/.installed
BENCH_STAMP := .bench-venv/.installed

.PHONY: bench check clean compare contention demo lint test

$(STAMP): requirements/main.txt pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/main.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP)
	WAIT=$(WAIT) .venv/bin/talentnord demo

# Everything that must hold at every commit. A file is one process's: its servers are started once.
test: $(STAMP)
	.venv/bin/python -m pytest -n 2 --dist loadfile

# While one works: lint, types, layers and the unit tests.
check: lint
	.venv/bin/python -m pytest -n 2 tests/unit

lint: $(STAMP)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# The peers live in an environment of their own; the numbers go to bench/RESULTS.md.
$(BENCH_STAMP): requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv .bench-venv
	.bench-venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	.bench-venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(BENCH_STAMP)

bench: $(BENCH_STAMP)
	.bench-venv/bin/python -m bench.run --date "$$(date +%F)"
	.bench-venv/bin/python -m bench.tick --date "$$(date +%F)"

# What people would get differently than from another commit: make compare REV=v0.1
compare: $(STAMP)
	.venv/bin/python -m bench.compare $(REV)

# Two ticks, two clerks and four senders at once on PostgreSQL: no deadlock, and in the order of before there are some.
contention: $(STAMP)
	.venv/bin/python -m bench.contention

clean:
	rm -rf .venv var
