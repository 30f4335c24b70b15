"""What serves a candidate: models and endpoints."""
