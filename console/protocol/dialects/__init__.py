"""What a make of gateway says and understands: the seam behind which each make has a room of its own."""
