"""Decisions and data: no I/O."""
