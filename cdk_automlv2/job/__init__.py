"""The job: its channels, its keys and network, its candidates."""
