"""What other formats call the place of a project: the words that ``elsewhere`` and ``also`` in the handbook may use."""

from collections.abc import Mapping

G0V, CIVIC, PUBLICCODE, DRIBDAT = "g0v", "civic", "publiccode", "dribdat"
STATUSES: Mapping[str, tuple[str, ...]] = {
    G0V: (
        "planning", "pre-alpha", "alpha", "beta", "production", "released", "archived", "stable", "mature",
        "inactive", "magic", "other",
    ),
    CIVIC: ("Ideation", "Alpha", "Beta", "Production", "Archival"),
    PUBLICCODE: ("concept", "development", "beta", "stable", "obsolete"),
    DRIBDAT: ("challenge", "new", "researched", "sketched", "prototyped", "launched", "live"),
}
"""The status words of g0v.json, civic.json, publiccode.yml and dribdat, in their order."""
MEANINGLESS = frozenset({"magic", "other"})
"""Words among them that say nothing of how far a project is."""
NEEDS: Mapping[str, tuple[str, ...]] = {G0V: ("designer", "writer", "programmer", "money", "txt")}
"""What g0v.json can say that a project looks for."""
