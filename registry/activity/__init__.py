"""What happened: audit rows, provenance, and the outbox of what must leave the system."""
