"""Pure logic: bytes and text in, records out. No socket, clock, thread or event loop."""
