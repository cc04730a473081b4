"""Records that are one: finding out, merging them without loss, and taking a merge back."""
