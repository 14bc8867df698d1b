"""Mutation testing: small faults put into the engine and the outbox, one at a time; the tests must find them."""
