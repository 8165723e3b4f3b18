"""For every test: one time zone, and colours, so that what is shown does not depend on where it runs."""

from __future__ import annotations

import os
import time

os.environ["TZ"] = "UTC"
os.environ.pop("NO_COLOR", None)
time.tzset()
