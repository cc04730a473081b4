"""Access tokens: what lets a person's own script write through the API, within the scopes they gave it."""
