"""Keng: the registry that civic hackathon communities run on."""

__version__ = "0.1.0"
