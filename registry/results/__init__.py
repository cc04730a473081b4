"""After the day: results and videos of the pitches, the report, what became of the projects."""
