"""The repositories of projects, as the forge where they live tells of them."""
