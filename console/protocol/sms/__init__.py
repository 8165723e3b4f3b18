"""What an SMS is: its alphabet and segments, the parts of a long one, and numbers as people write them."""
