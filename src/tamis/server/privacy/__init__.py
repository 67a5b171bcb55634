"""Privacy: consent, export, erasure, retention."""
