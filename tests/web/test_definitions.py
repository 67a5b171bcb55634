"""Definitions: each short name has one meaning, and whatever a page asks for has one."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import tamis.web
from tamis.web.definitions import PARTS, TERMS

TEMPLATES = Path(tamis.web.__file__).parent / "templates"
ASKED = re.compile(r"""why\(\s*(["'])(.+?)\1\s*,""")


def test_no_short_name_hides_another() -> None:
    """What two parts define would be said of one of them in the words of the other."""
    assert len(PARTS) == 6
    counts = Counter(name for part in PARTS for name in part)
    assert [name for name, count in counts.items() if count > 1] == []
    assert set(TERMS) == set(counts)


def test_whatever_a_page_asks_for_is_defined() -> None:
    asked = {
        found[2]: path.relative_to(TEMPLATES)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in ASKED.finditer(path.read_text(encoding="utf-8"))
    }
    assert {"put-aside", "rejected-rows", "due"} <= set(asked)
    assert {name: path for name, path in asked.items() if name not in TERMS} == {}
