"""I/O: each a small class with `run()`, supervised alone."""
