# Two commands: `make demo` shows the whole programme, `make test` proves it.
PYTHON ?= python3
WAIT ?= 1
KILLS ?= 400
SEED ?= 7
STAMP := .venv/.installed
BENCH_STAMP := .bench-venv/.installed

.PHONY: bench check clean compare demo faults fuzz lint mutants pictures test workers

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

# The readers of files against random and broken ones, and the site against random requests: so many for each.
fuzz: $(STAMP)
	READER_CASES=$(or $(CASES),20000) .venv/bin/python -m pytest tests/property/test_readers_fuzzed.py
	SITE_CASES=$(or $(CASES),20000) .venv/bin/python -m pytest tests/property/test_site_fuzzed.py

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

# Small faults put into the engine and the outbox: do the tests find them? An hour for 200.
mutants: $(STAMP)
	.venv/bin/python -m bench.mutants

# What people would get differently than from another commit: make compare REV=v0.1
compare: $(STAMP)
	.venv/bin/python -m bench.compare $(REV)

# Years under faults, about 20 minutes: who is killed loses nothing. The figures go to docs/reliability.md.
faults: $(STAMP)
	.venv/bin/python -m bench.faults --kills $(KILLS) --seed $(SEED) --date "$$(date +%F)"

# Months by two workers of a pool on PostgreSQL, one of them killed: the same end as alone.
workers: $(STAMP)
	.venv/bin/python -m bench.workers

# The pictures of the coordinators' guide, anew, in a few minutes: look at each before you keep it.
pictures: $(STAMP)
	.venv/bin/python -m bench.pictures

clean:
	rm -rf .venv var
