"""A year of an account's life, made from a seed: the same seed and date give the same bytes."""
