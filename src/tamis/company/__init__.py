"""The generated company: seeded leads, accounts, events and outcomes, any size.

It stands in for a company's own data in the demo, the tests and the benchmarks. Its people have a
latent fit and buy in windows of a few weeks; what they do, what sales make of it, and what goes
wrong in real data (robots, repeated rows, missing fields, wrong clocks) all follow from that.
"""

from __future__ import annotations

from tamis.company.generate import Company, generate
from tamis.company.script import Session

__all__ = ["Company", "Session", "generate"]
