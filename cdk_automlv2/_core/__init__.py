"""What the constructs share; nothing here is public."""
