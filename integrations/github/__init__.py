"""GitHub behind the CodeForge protocol."""
