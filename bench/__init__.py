"""Durable transitions a second: this engine and its peers, on the same work, side by side."""
