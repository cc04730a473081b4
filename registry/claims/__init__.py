"""People who say that an imported record is theirs, and those who answer them."""
