"""The AMI log and the command line of the gateway."""
