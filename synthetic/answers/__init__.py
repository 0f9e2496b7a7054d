"""What is true of a site, written beside its charts."""
