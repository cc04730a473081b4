"""People: accounts, identities, memberships and the credits of the public record."""
