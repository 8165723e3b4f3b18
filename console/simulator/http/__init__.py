"""The simulated gateway's web server and its callbacks."""
