"""Releases: training that goes on after the stack has its answer. See docs/decisions/0012."""
