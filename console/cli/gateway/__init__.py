"""Commands about gateways: checked, asked, watched, simulated."""
