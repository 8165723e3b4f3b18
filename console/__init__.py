"""gsm-console: an operator console for OpenVox GSM gateways."""

__version__ = "0.1.0"
