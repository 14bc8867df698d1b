"""All that a cohort's people would be sent, as a page to read and sign off before it starts; nothing is sent."""
