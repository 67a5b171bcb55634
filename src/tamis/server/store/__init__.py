"""The store: what the server knows, in SQLite or PostgreSQL."""
