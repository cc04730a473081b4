"""One segmenter and two full-text backends (SQLite FTS5, PostgreSQL tsvector)."""
