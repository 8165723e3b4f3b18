"""Records: what the other layers pass each other. Frozen dataclasses, standard library only."""
