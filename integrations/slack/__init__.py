"""Slack behind the ChatWorkspace protocol."""
