"""Prefect's server as a child process. Imports no Prefect: that reads its environment when first imported."""
