"""Import before torch: idle OpenMP threads sleep instead of spinning.

Alone on a machine the two are equally fast. Beside other work, spinning threads keep each
other from the cores: epochs of 12 s were seen to take 90 s.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
