"""Private record linkage: keyed tokens in, one-to-one links with probabilities out.

Each side encodes its people (`tokens`), the encoded files meet (`blocking`,
`comparison`, `scoring`, `assignment`, run by `matching`), and whoever holds the
key and both people tables turns the links into a crosswalk (`resolve`).
"""
