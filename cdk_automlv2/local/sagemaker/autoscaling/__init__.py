"""Application Auto Scaling: a second service behind the same address, which acts on endpoints."""
