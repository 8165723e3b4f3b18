"""A conversation with one person."""
