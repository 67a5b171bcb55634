"""How every report writes a figure with its interval."""

from __future__ import annotations

import pytest

from tamis.history.intervals import UNKNOWN, Interval
from tamis.reports.figures import figure


@pytest.mark.parametrize(
    ("found", "how", "english", "french"),
    [
        (
            Interval(0.145, 0.1, 0.2),
            {"decimals": 1, "unit": "%"},
            "14.5% (10.0\u201320.0)",
            "14,5\u202f% (10,0\u201320,0)",
        ),
        (
            Interval(1234.5, 1000, 2000),
            {"decimals": 0},
            "1,235 (1,000\u20132,000)",
            "1\u202f235 (1\u202f000\u20132\u202f000)",
        ),
        (
            Interval(0.01, -0.02, 0.04),
            {"decimals": 2},
            "0.01 (\u22120.02 to 0.04)",
            "0,01 (\u22120,02 \u00e0 0,04)",
        ),
        (Interval(2.5, None, None), {"decimals": 1, "unit": "\u00d7"}, "\u00d72.5", "\u00d72,5"),
        (
            Interval(2e6, 1, 9e9),
            {"decimals": 0, "unit": "\u00d7", "most": 999},
            "\u00d7999 (1\u2013999)",
            "\u00d7999 (1\u2013999)",
        ),
        (UNKNOWN, {"decimals": 1, "unit": "%"}, "\u2013", "\u2013"),
    ],
)
def test_a_figure_with_its_interval(found, how, english, french):
    assert str(figure(found, "en", **how)) == english
    assert str(figure(found, "fr", **how)) == french
