"""Pictures of the command in a terminal: see draw.py."""
