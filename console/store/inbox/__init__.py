"""What was received: kept raw, folded and joined into entries, searched, claimed."""
