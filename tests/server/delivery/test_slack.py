"""Slack: the blocks that it shows, and what it answers."""

from __future__ import annotations

from typing import Any

from tests.server.delivery.receiver import Receiver, Reply
from tests.server.delivery.sending import http

from tamis.server.clock import SetClock
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import KINDS, Message, Refused, Retry, Sent
from tamis.server.delivery.targets.slack.target import Slack

TOLD = {
    "lead_id": "ann",
    "name": "Ann <!channel> Lee",
    "company": "Acme & Co",
    "score": 82.5,
    "cell": "A1",
    "status": "mql",
    "reasons": ["Visited prices 3 times", "Director <http://evil.example|here>"],
    "note": "She asked for a call.",
    "path": "/leads/ann",
}


def slack(there: Receiver, clock: SetClock, language: str = "en") -> Slack:
    url, link = Secret(f"{there.address}/services/T0"), "https://tamis.example.com"
    return Slack(url, http(5.0), clock, language, link)


def message(kind: str = "handoff.assigned", told: dict[str, Any] | None = None) -> Message:
    return Message(1, "channel", kind, 3, TOLD if told is None else told, "msg_1", 0)


def test_a_hand_off_is_shown_with_score_cell_reasons_and_link(
    there: Receiver, clock: SetClock
) -> None:
    assert slack(there, clock).send(message()) == Sent()
    told = there.got[0].told
    assert told["text"] == "To call: Ann &lt;!channel&gt; Lee (Acme &amp; Co)"
    header, facts, reasons, note, link = told["blocks"]
    # A header is plain text: nothing in it is read as a mention.
    assert header["text"] == {
        "type": "plain_text",
        "text": "To call: Ann <!channel> Lee (Acme & Co)",
    }
    assert [field["text"] for field in facts["fields"]] == [
        "*Score*\n82.5",
        "*Cell*\nA1",
        "*Status*\nmql",
    ]
    assert reasons["text"]["text"] == (
        "• Visited prices 3 times\n• Director &lt;http://evil.example|here&gt;"
    )
    assert note["text"]["text"] == "She asked for a call."
    assert link["text"]["text"] == "<https://tamis.example.com/leads/ann|Open in Tamis>"


def test_what_is_not_known_is_left_out(there: Receiver, clock: SetClock) -> None:
    Slack(Secret(there.address), http(5.0), clock).send(message(told={}))
    assert there.got[0].told == {
        "text": "To call: a lead",
        "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "To call: a lead"}}],
    }


def test_every_kind_has_words_in_both_languages(there: Receiver, clock: SetClock) -> None:
    for language in ("en", "fr"):
        target = slack(there, clock, language)
        for kind in (*sorted(target.kinds), "test"):
            assert target.send(message(kind)) == Sent()
    assert all("{" not in got.told["text"] for got in there.got)
    assert slack(there, clock).kinds < frozenset(KINDS)


def test_texts_are_no_longer_than_slack_takes(there: Receiver, clock: SetClock) -> None:
    told = {"name": "x" * 5000, "reasons": ["y" * 5000] * 40, "note": "z" * 5000}
    told |= dict.fromkeys(("cell", "stage", "status", "play", "queue", "owner"), "v" * 5000)
    slack(there, clock).send(message(told=told))
    header, facts, reasons, note, _ = there.got[0].told["blocks"]
    assert len(header["text"]["text"]) <= 150
    assert all(len(field["text"]) <= 2000 for field in facts["fields"])
    assert len(reasons["text"]["text"]) <= 3000
    assert len(note["text"]["text"]) <= 3000


def test_too_many_messages_make_it_rest(there: Receiver, clock: SetClock) -> None:
    there.answer = lambda _: Reply(429, {"Retry-After": "30"})
    assert slack(there, clock).send(message()) == Retry("answered 429", 30.0, rest=True)
    there.answer = lambda _: Reply(400, body=b"invalid_payload")
    assert slack(there, clock).send(message()) == Refused("answered 400")
