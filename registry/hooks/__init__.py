"""What other systems tell us by themselves: the doors at which they do, and what they said until it is worked on."""
