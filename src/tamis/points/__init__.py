"""Points: what each rule gives each lead, after window, daily limit, decay, gate and cap."""

from __future__ import annotations
