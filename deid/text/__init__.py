"""Free text: identifier patterns, known identifiers, and the clinical look-alikes to spare."""
