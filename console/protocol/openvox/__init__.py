"""OpenVox: the `gsm ...` commands of the gateway's driver and what they answer."""
