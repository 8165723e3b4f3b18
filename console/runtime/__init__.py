"""Composition root: opens the store, starts the services on a loop of their own, and hands both to the screen."""
