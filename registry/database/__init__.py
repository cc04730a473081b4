"""Engine, sessions, common column types and migrations."""
