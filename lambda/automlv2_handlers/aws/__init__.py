"""Calls to AWS; nothing else in the function makes one."""
