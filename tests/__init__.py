"""The tests, by how real they are: unit, property, integration, browser."""
