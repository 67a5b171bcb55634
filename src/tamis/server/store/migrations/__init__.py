"""The steps from one version of the store's tables to the next, in order; none is ever changed."""

from __future__ import annotations
