"""Writing, reviewing and publishing case studies."""
