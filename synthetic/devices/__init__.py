"""Who wears a device, what it recorded, and how each vendor exports it."""
