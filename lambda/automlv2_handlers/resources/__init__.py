"""One file for each Custom:: type."""
