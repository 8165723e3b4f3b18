"""The receiver: who may call, what is kept, and which process holds the address."""
