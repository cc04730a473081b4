"""How many pitches there were in each year, drawn with characters."""

import os
from collections import Counter

from keng_client import Keng

keng = Keng(os.environ["KENG_ADDRESS"])
pitches = Counter(proposal.pitched_on.year for proposal in keng.list_proposals(kind="pitch"))
for year in range(min(pitches), max(pitches) + 1):
    length = round(40 * pitches[year] / max(pitches.values()))
    print(f"{year} {'█' * length} {pitches[year]}")
