"""SQLite itself: connections, the one writing thread, the schema, what others changed, and the guard of its files."""
