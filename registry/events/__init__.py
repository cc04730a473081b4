"""Hackathon events and everything on their agenda."""
