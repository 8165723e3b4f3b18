"""The AMI log: of this run in memory, and on disk."""
