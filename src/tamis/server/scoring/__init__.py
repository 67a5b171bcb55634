"""Scoring: the chain over the few leads that something touched."""
