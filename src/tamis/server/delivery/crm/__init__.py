"""What CRMs among the targets share: the field map, reading them, what a record is told."""

from __future__ import annotations
