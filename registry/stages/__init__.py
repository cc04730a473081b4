"""The ladder of stages, its checkpoints and their evidence, read from the handbook."""
