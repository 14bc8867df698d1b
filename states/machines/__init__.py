"""What may happen: the state machines of journeys and commitments. Pure: no clock, no database, no dates."""
