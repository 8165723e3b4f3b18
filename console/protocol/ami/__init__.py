"""The Asterisk Manager Interface: frames, a session, what its events mean, and the log of both directions."""
