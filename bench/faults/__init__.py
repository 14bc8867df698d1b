"""Years of a cohort under faults: processes killed, databases lost, disks full, clocks turned; and what came of it."""
