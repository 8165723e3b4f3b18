"""Alarms on the screen."""
