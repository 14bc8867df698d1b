"""Where the truth is kept: tables, connections and migrations."""
