"""What happens to whom. Reads through ``Firing`` and collects rows in ``Changes``, the only writer."""
