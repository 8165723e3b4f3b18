"""The gateway's AMI link, its sessions, and its self-check."""
