"""What the community's chat is told by itself: a new pitch, an event, a running order, and what else is news."""
