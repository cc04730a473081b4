"""Who comes to an event: registration, waiting list, check-in."""
