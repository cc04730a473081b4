"""Loading rows of any source into the registry: matching, filling gaps, provenance, all in one transaction."""
