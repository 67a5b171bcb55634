"""From score to sale, as a model agrees on it: statuses, steps, queues, hours, feedback, goals."""

from __future__ import annotations
