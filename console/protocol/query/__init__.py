"""One language for every list: what is typed into a search, read by the fields of the list that it is about."""
