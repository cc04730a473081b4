"""Changing projects: founding, editing, their links, needs, relations, updates and people."""
