"""Limits of what clients send: a message beyond one is put aside, a body beyond one refused."""

from __future__ import annotations

MESSAGE = 32 * 1024
"""Bytes of one message, as with Segment."""
BODY = 500 * 1024
"""Bytes of one request, unpacked, as with Segment."""
MESSAGES = 2_500
"""Messages of one request, as with Segment."""
ID = 512
"""Characters of an id."""
NAME = 256
"""Characters of an event's name, and of a field's or property's."""
DEPTH = 16
"""Objects within objects, in properties and traits."""
INTEGER = 2**63
"""Whole numbers are 64-bit."""
NUMBER = 10**18
"""Other numbers have at most 18 digits before the point."""
DAY = 86_400_000_000
"""Microseconds: how far the clock of a client may be ahead once set right."""
