"""The main screen, and what stands over it."""
