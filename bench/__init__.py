"""What the project takes and how fast it is, measured: `make bench`."""

import os

from engine.processor import usable_cores

# The tests' own modules, which build the stage, would leave programs that are started here a single thread.
os.environ.setdefault("OMP_NUM_THREADS", str(usable_cores()))
