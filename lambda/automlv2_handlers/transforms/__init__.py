"""Batch transforms: runs that a stack, a schedule or a new object begins."""
