"""``automlv2 watch``: how far a stack, its jobs and its endpoints are, live."""
