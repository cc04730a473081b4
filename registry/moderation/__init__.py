"""Reports of what should not stand here, hiding and showing records, and how much a new account may make."""
