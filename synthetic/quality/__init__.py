"""How good a site is: published figures, stated rates of trouble, and whether time makes sense."""
