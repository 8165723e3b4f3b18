"""Commands that send, or say how a text would be sent."""
