"""What the programme is: its definition, its cohorts and people, and how time is reckoned."""
