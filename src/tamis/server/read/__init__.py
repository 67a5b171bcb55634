"""Read: leads, accounts, scores and their reasons, over HTTP."""
