"""The static edition: the whole public record as files that need no server."""
