"""How good a site is: published figures, and whether time makes sense."""
