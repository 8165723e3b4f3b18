"""What was sent, the evidence of its fate, and batches."""
