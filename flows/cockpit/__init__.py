"""What coordinators see and fill in, in the Prefect UI: pages, forms and their words."""
