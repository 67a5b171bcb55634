"""Ingest: what clients send, checked, stored and scored before it is acknowledged."""
