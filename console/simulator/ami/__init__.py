"""The simulated gateway's AMI server and its command line."""
