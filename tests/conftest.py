"""For every test: one time zone, so that what is shown does not depend on where it runs."""

from __future__ import annotations

import os
import time

os.environ["TZ"] = "UTC"
time.tzset()
