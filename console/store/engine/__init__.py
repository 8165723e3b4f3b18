"""SQLite itself: connections, the one writing thread, the schema, and noticing what others changed."""
