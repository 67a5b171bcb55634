"""Questions of people who move on: the one that is answered, and those that are dropped."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from tamis.web.pages.model.turns import Turns

PATIENCE = 20.0


def asked(turns: Turns, who: str, page: str = "page") -> bool:
    """Whether a question is still the latest when its turn comes."""
    with turns.taken(who, page) as latest:
        return latest


def wait_for(turns: Turns, who: str, number: int) -> None:
    """Until so many questions of a person have come."""
    end = monotonic() + PATIENCE
    while turns.latest(who) < number:
        assert monotonic() < end


def test_of_what_waits_only_the_latest_is_answered() -> None:
    turns = Turns()
    with ThreadPoolExecutor(3) as threads:
        waiting: list[Future[bool]] = []
        with turns.taken("ada", "one") as first:
            for number, page in ((2, "one"), (3, "two"), (4, "three")):
                waiting.append(threads.submit(asked, turns, "ada", page))
                wait_for(turns, "ada", number)
            # Those that were overtaken hold no thread while the first is answered.
            assert [one.result(PATIENCE) for one in waiting[:2]] == [False, False]
            assert not waiting[2].done()
            assert asked(turns, "bob"), "another person does not wait"
        assert (first, waiting[2].result(PATIENCE)) == (True, True)
    assert (turns.page("ada"), turns.page("nobody")) == ("three", "")
