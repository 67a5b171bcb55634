"""The model of the demonstration, in the versions that it had: retired, active, proposed."""

from __future__ import annotations

import re
from typing import Final

from tamis.model.templates import template_text

MODEL: Final = "b2b"
WEIGHTS: Final = "weights: {fit: 0.4, acquisition: 0.15, activity: 0.45}"
QUEUES: Final = """
  senior_sales:
    label: {en: Senior sales, fr: Commerciaux confirmés}
    assign: capacity
    people: [dominique, camille]
    limit: 20
    escalate_to: dominique
  sales:
    label: {en: Sales, fr: Commerciaux}
    assign: round_robin
    people: [camille, sam, nadia]
    limit: 25
    escalate_to: dominique
"""
AGREED: Final = """
# What marketing and sales agreed to reach, and what a lead of a source costs.
goals:
  - {milestone: qualified, per_month: 60}
  - {milestone: accepted, per_month: 40}
  - {milestone: won, per_month: 6}
costs: {trade_show: 120, paid_search: 45, social: 30, newsletter: 6, partner: 60, cold_list: 15}
"""


def first() -> str:
    """The version with which the company began: who they are counted most, and sales had more."""
    yaml = _with(active(), "limit: 25", "limit: 60")
    return _with(yaml, WEIGHTS, "weights: {fit: 0.5, acquisition: 0.15, activity: 0.35}")


def active() -> str:
    """The version in use: the template, with the company's people and goals."""
    yaml = template_text("b2b")
    queues = yaml[yaml.index("\nqueues:\n") : yaml.index("\n# `respond_within` counts")]
    yaml = _with(yaml, "reassign: 200%", "reassign: 400%")
    return _with(yaml, queues, f"\nqueues:{QUEUES}") + AGREED


def proposed() -> str:
    """The version that marketing proposes: a demo is worth more, and the last prices too."""
    yaml = re.sub(r"(- id: demo\n(?:.*\n)*?\s+points: )25", r"\g<1>35", active(), count=1)
    return _with(yaml, "points: 5\n        per_day: 2\n        within: 180d\n        cap: 20",
                 "points: 6\n        per_day: 2\n        within: 90d\n        cap: 24")  # fmt: skip


def _with(yaml: str, old: str, new: str) -> str:
    """The YAML with one part replaced. Raises: ValueError where the template has it no more."""
    if yaml.count(old) != 1:
        message = f"the template has not exactly one `{old.strip()[:60]}`"
        raise ValueError(message)
    return yaml.replace(old, new)
