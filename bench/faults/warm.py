"""What every process needs, loaded once: a start costs a fork, not two seconds of imports."""

import bench.faults.crew
import bench.faults.life
import bench.faults.undisturbed  # noqa: F401
from bench.faults.people import hold_3

hold_3()
