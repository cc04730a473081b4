"""Files that organisers take in: kept for a day, looked through, their columns matched, then imported."""
