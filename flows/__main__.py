"""Serves the flows (``python -m flows``).

The runs that are forked do not load this file again, as they would any other that a process was started with.
"""

from flows.serve import main

if __name__ == "__main__":
    main()
