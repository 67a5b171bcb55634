"""Work that scores make: plays that fire, hand-offs in their queues, who gets them."""

from __future__ import annotations
