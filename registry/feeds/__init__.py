"""News for feed readers: of everything, of an event, of a project, of a topic, of a need."""
