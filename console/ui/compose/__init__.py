"""Writing a message: recipients, text, preview, summary."""
