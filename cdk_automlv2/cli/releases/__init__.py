"""``automlv2 status``, ``history``, ``wait``, ``retrain``, ``rollback`` and ``abort``."""
