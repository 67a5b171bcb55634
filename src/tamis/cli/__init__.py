"""The command line: one module per command, which parses, calls and prints."""

from __future__ import annotations
