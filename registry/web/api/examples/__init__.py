"""Programs that show what the API is good for; the page of examples shows them, and a test runs each."""
