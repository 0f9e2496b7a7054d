"""Every mistake that the reader knows: what is written, and the place and words of the answer."""
