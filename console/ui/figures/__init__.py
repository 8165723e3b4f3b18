"""Figures of what was sent."""
