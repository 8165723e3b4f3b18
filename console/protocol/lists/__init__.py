"""Lists of people: CSV and vCard files, which columns have the numbers, and contacts by name and group."""
