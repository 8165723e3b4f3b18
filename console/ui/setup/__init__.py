"""The first setup."""
