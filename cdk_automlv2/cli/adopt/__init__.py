"""``automlv2 adopt``: what runs already becomes a construct, without training or downtime."""
