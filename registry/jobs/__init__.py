"""Background work: the huey application and its schedules."""
