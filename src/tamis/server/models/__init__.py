"""Models: their versions, from draft to active and back."""
