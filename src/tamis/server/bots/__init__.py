"""Bots: events that no person made, marked with the reason, kept, and not counted."""
