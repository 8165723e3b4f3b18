"""Rules: looked for in what is new, and carried out one after the other."""
