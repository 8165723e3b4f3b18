"""What is known of each GSM port over time, and what colleagues noted."""
