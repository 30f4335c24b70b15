"""Releases: training that holds no stack, judged by gates."""
