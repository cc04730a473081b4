"""Who is in the community's chat: what is kept of its members, and what follows when somebody leaves."""
