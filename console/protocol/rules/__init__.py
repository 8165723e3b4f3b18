"""Decisions as pure functions: delivery states, alarms, the choice of a port, pauses between attempts."""
