"""From the outbox to the gateway, and what becomes of it."""
