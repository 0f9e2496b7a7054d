"""Notes, with the exact place of every identifier in them."""
