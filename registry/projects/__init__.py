"""Projects, which live for years: names, links, needs, tags, aliases."""
