"""What people can trust: one check for each promise, and for each check a planted fault that it must catch."""
