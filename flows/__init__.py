"""What coordinators see and do: Prefect flows, their deployments and the command line."""
