"""How one message, alarm or log line reads."""
