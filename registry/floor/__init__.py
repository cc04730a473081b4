"""The day itself: which project works at which table, who joined it there, which shows a demo."""
