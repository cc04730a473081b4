"""Proposals: one pitch of one project at one event."""
