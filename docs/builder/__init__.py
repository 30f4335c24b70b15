"""What makes pages of the site that nobody writes: see conf.py."""
