"""The community in numbers: what the public record adds up to, drawn, and what it cannot tell."""
