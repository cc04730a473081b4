"""Files that organisers take in: kept for a time, looked through, their columns matched, then imported."""
