"""Figures that are counted in the background: for whom, when, and what a failure does."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial

import pytest

from tamis.server.clock import SystemClock
from tamis.web import figures
from tamis.web.figures import Figures


def test_figures_that_nobody_waits_for_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "PATIENCE", 0.0)
    monkeypatch.setattr(figures, "MOST", 3)
    counted, go, counter = list[int](), threading.Event(), Figures(SystemClock())
    assert counter.of("first", lambda: go.wait(10)) is None
    for key in range(20):
        assert counter.of(key, partial(counted.append, key)) is None
    go.set()
    counter._counter.submit(lambda: None).result(10)
    assert counted == [17, 18, 19]
    monkeypatch.setattr(figures, "GIVEN_UP", 0.0)
    assert counter.of("left", lambda: counted.append(0)) is None
    counter._counter.submit(lambda: None).result(10)
    assert counted == [17, 18, 19]
    counter.close()


def test_one_person_keeps_a_few_counts_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "PATIENCE", 0.0)
    counted, go, counter = list[str](), threading.Event(), Figures(SystemClock())
    assert counter.of("first", lambda: go.wait(10)) is None
    for who in ("ada", "bob"):
        for key in range(5):
            count = partial(counted.append, f"{who} {key}")
            assert counter.of((who, key), count, who=who) is None
    go.set()
    counter._counter.submit(lambda: None).result(10)
    assert counted == [f"{who} {key}" for who in ("ada", "bob") for key in range(3)]
    # What was beyond is counted when it is asked for again.
    assert counter.of(("ada", 4), lambda: counted.append("then"), who="ada") is None
    counter._counter.submit(lambda: None).result(10)
    assert counted[-1] == "then"
    counter.close()


def test_a_count_that_fails_is_told_once_and_tried_again() -> None:
    counter, always = Figures(SystemClock()), timedelta(-1)
    answers = iter((1, 0, 2))

    def count() -> int:
        found = next(answers)
        return found * found // found

    def asked() -> int:
        found = counter.of("key", count, always)
        counter._counter.submit(lambda: None).result(10)
        assert found
        return found.value

    assert asked() == 1
    # The older figure is shown meanwhile; what failed is counted again.
    assert [asked(), asked(), asked()][-1] == 2
    with pytest.raises(ZeroDivisionError):
        counter.of("other", lambda: 1 // 0)
    assert counter.of("other", lambda: 1) is not None
    counter.close()
