"""Reads of joining: offers for whoever may see them, and what the sorting hat sorts."""
