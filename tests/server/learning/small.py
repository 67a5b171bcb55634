"""A small learned model, written by hand, for a scoring model with a field `country`."""

from __future__ import annotations

from dataclasses import replace
from math import log

import msgspec

from tamis.history.intervals import Interval
from tamis.predict.learned import Group, Learned, Part, Quality, Training
from tamis.predict.saying import Saying

MODEL = """
tamis: 1
name: small
version: 1
timezone: Europe/Paris
fields:
  lead: {country: text, created_at: timestamp}
dimensions:
  fit:
    rules:
      - {id: spain, when: "country = 'spain'", points: 30}  # kept
score: {sum: [fit]}
"""
PART = Part(
    "country",
    "text",
    (
        Group(0.7, 0.1, 300, 90, values=("france",)),
        Group(-0.7, 0.1, 300, 30, otherwise=True),
        Group(0.0, 0.5, 0, 0, missing=True),
    ),
    earns=0.02,
    said_by=Saying("field", field="country"),
)
LEARNED = Learned(
    tamis_learned=1,
    name="small",
    outcome="won",
    phase="full",
    usable=True,
    intercept=log(0.2 / 0.8),
    base_rate=Interval(0.2, 0.17, 0.23),
    quality=Quality(how="folds", examples=600, conversions=120, auc=Interval(0.66, 0.6, 0.72)),
    training=Training(600, 600, 120, "ab" * 32, 1, first="2026-01-05", last="2026-06-01"),
    horizon=60,
    parts=(PART,),
)
ABSTAINS = replace(LEARNED, usable=False, parts=())


def file(learned: Learned = LEARNED) -> bytes:
    """Its file."""
    from tamis.predict.files import bytes_of

    return bytes_of(learned)


def in_json(learned: Learned = LEARNED) -> dict[str, object]:
    """Its file, as JSON is held."""
    found: dict[str, object] = msgspec.json.decode(file(learned))
    return found
