"""Reading files as they are written: YAML with line numbers, tables from CSV and Excel. Knows no programme."""
