"""Changing registrations: taking a place, giving it back, moving up, checking in, forgetting."""
