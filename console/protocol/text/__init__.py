"""Text from outside: made safe to show, without secrets, searched."""
