"""The simulated SIM cards, the network behind them, and the driver between."""
