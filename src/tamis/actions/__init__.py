"""Actions: the play of each lead, the order of calling, and the relations handed out."""

from __future__ import annotations
