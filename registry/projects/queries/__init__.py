"""Reads of projects, made for their pages: lists, one project, topics and needs."""
