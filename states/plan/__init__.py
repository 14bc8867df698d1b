"""What follows and when: calendar, timers, effects, groups. Pure: values in, values out, no SQLAlchemy."""
