"""From which size on a record is counted in the background."""

from typing import Final

LARGE: Final = 5_000
"""So many projects and pitches take no page long to count. Of more a job keeps what it counted."""
