"""What several commands need: arguments, output, exit codes."""
