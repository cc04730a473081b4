"""Readers of single fields as people write them. Each is pure, and refuses with a sentence (ValueError)."""
