"""Files in which a repository tells of itself: what they say, and what in them cannot be understood. Pure."""
