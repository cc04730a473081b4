"""What every page needs: languages, templates, errors, caching, Markdown, security headers."""
