"""Read models: what pages and commands show. Reads, never writes."""
