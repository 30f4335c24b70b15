"""``automlv2 doctor``: what a deployment would lack."""
