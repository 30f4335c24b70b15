"""``automlv2 report``."""
