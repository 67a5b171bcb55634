"""Facts: what is known of leads, accounts and events on the as-of day, cleaned."""

from __future__ import annotations
