"""The record as files that people read and review: Markdown with front matter, in a folder or on a code forge."""
