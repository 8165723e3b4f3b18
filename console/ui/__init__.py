"""The screen: Textual. Reads committed state and snapshots on one timer; never waits for a service."""
