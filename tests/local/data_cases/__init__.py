"""Data that people have, a case a row of docs/local-data.md; see tests/local/test_local_data.py."""
