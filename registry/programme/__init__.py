"""What happens on an event's stage: the running order, the clock, the screens."""
