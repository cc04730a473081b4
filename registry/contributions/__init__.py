"""What people did: said by themselves and confirmed, shown as a calendar, and stated on paper."""
