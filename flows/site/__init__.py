"""The pages that talents, leaders and whoever else is asked answer on; it shares nothing with Prefect's server."""
