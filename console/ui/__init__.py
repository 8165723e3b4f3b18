"""The screen: Textual. Reads committed state and snapshots on one timer; never waits for a service."""

import os

# Textual draws on a grid in time of its own. A key pressed just after a frame waits for two steps of it, 33 ms at its
# 60 a second. How much is drawn by itself is a matter of `LinePace`, not of this.
os.environ.setdefault("TEXTUAL_FPS", "250")
