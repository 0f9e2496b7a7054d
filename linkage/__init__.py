"""Privacy-preserving record linkage over keyed tokens."""
