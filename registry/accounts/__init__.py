"""Sign-in, sessions, and what each role may do."""
