"""What a person is told: by others, and about what they follow."""
