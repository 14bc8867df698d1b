"""Pictures of a cohort as SVG: drawn by pure functions from what the read models of ``states.views`` say."""
