"""Identity: which messages are of the same person."""
