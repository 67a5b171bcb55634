"""The demonstration: a server's store of the generated company at work, and people to log in as."""

from __future__ import annotations
