"""What an SMS is: its alphabet and segments, the parts of a long one, numbers and lists of numbers."""
