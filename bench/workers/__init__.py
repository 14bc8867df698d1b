"""Some months of a year played by two workers of a pool, one of them killed: ``python -m bench.workers``."""
