"""What waits for organisers, gathered from every concept on one page, and how the connections fare."""
