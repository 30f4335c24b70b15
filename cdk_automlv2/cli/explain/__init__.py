"""``automlv2 explain``: why a stack has failed, and what to do."""
