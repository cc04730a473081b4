"""What is kept about a person: told, given to them, and erased when they ask."""
