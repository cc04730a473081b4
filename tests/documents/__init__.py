"""The documents: what is made of the code, and whether the rest still says what is true."""
