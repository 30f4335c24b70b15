"""For a real account, by hand; never run in CI."""
