"""What other formats call the place of a project: the words that ``elsewhere`` in the handbook may use."""

from collections.abc import Mapping

G0V, CIVIC, PUBLICCODE = "g0v", "civic", "publiccode"
STATUSES: Mapping[str, tuple[str, ...]] = {
    G0V: (
        "planning", "pre-alpha", "alpha", "beta", "production", "released", "archived", "stable", "mature",
        "inactive", "magic", "other",
    ),
    CIVIC: ("Ideation", "Alpha", "Beta", "Production", "Archival"),
    PUBLICCODE: ("concept", "development", "beta", "stable", "obsolete"),
}
"""The status words of g0v.json, civic.json and publiccode.yml, in their order."""
NEEDS: Mapping[str, tuple[str, ...]] = {G0V: ("designer", "writer", "programmer", "money", "txt")}
"""What g0v.json can say that a project looks for."""
