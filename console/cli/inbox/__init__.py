"""Commands about what was received, and the names of those who wrote."""
