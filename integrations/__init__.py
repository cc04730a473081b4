"""Adapters for the systems around the registry. The registry never imports them."""
