"""The inbox pane."""
