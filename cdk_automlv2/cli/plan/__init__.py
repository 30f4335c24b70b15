"""``automlv2 plan``: what a deployment will train, move, keep and delete, in words."""
