"""Everything wrong in a definition, a cohort or its people, at once. Reads, reports, changes nothing."""
