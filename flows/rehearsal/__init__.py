"""A programme on a clock turned by hand: with Prefect (demo) or without (files)."""
