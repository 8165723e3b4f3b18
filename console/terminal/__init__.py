"""A terminal that may be anything and may vanish. Knows no SMS; every private name of Textual's is used here only."""
