"""Background work: what runs how often, in one process of an installation."""
