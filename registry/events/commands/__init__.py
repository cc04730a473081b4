"""Changing events: their life, venue, agenda and Code of Conduct, and who helps."""
