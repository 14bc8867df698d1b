"""What is true: journeys, commitments, timers and effects, and the engine that alone changes them."""
