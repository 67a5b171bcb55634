"""A file for each step, named by its number and what it does."""
