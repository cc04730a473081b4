"""Joining: offers of help and their answers, and the sorting hat that leads a newcomer to a project."""
