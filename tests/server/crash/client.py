"""A client in a process of its own: sends messages until each is acknowledged, notes which are.

Run as `python client.py KIND NAME COUNT NOW KEY ACKNOWLEDGED ADDRESS...`. KIND is `segment` for
Segment's own client, or `plain` for one that sends each batch again until it is answered 200, to
the next address each time. An id is noted after the answer that acknowledges it, never before.
"""

from __future__ import annotations

import json
import random
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any

LEADS, VISITORS = 60, 120
BATCH = 20
PATIENCE = 300.0
"""Seconds after which a client gives up: far more than a test takes."""
WIDTH = len("a-00000\n")
"""Bytes of an id in the file of those acknowledged: a client's name is a letter."""

Json = dict[str, Any]


def message_ids(name: str, count: int) -> list[str]:
    """The ids of all that a client sends."""
    return [f"{name}-{n:05}" for n in range(count)]


def messages(name: str, count: int, now: datetime) -> Iterator[Json]:
    """What a client sends: calls of every kind about leads that other clients speak of too."""
    rnd = random.Random(name)
    for id_ in message_ids(name, count):
        at = now - timedelta(seconds=rnd.randrange(80 * 86_400))
        yield {"messageId": id_, "timestamp": at.isoformat(), **_call(rnd)}


def _call(rnd: random.Random) -> Json:
    visitor = rnd.randrange(VISITORS)
    user, person = visitor % LEADS, {"anonymousId": f"visitor {visitor}"}
    dice = rnd.random()
    if dice > 0.2:
        person = {"userId": f"user {user}"}
    if dice < 0.04:
        return {
            "type": "identify",
            "userId": f"user {user}",
            **person,
            "traits": _traits(rnd, user),
        }
    if dice < 0.05:
        return {"type": "alias", "previousId": f"once {user}", "userId": f"user {user}"}
    if dice < 0.07:
        return {"type": "group", "userId": f"user {user}", "groupId": f"firm {user % 7}",
                "traits": {"industry": rnd.choice(["software", "finance"])}}  # fmt: skip
    if dice < 0.3:
        person = {"userId": f"once {user}"}
    seconds = rnd.choice([5, 12.5, 40])
    if dice < 0.6:
        address = rnd.choice(["https://a.example/pricing", "https://a.example/"])
        return {"type": "page", **person, "properties": {"url": address, "seconds": seconds}}
    name = rnd.choice(["webinar", "signup", "email_open"])
    return {"type": "track", **person, "event": name, "properties": {"seconds": seconds}}


def _traits(rnd: random.Random, user: int) -> Json:
    return {"email": f"person{user}@firm.example", "title": rnd.choice(["boss", "clerk"]),
            "size": rnd.randrange(40)}  # fmt: skip


def send_plainly(key: str, sent: list[Json], acknowledged: Path, addresses: list[str]) -> None:
    """Send batch after batch, each until it is acknowledged."""
    places = cycle(addresses)
    give_up = time.monotonic() + PATIENCE
    authorization = f"Basic {b64encode(f'{key}:'.encode()).decode()}"
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    with acknowledged.open("a") as file:
        for start in range(0, len(sent), BATCH):
            batch = sent[start : start + BATCH]
            while not _is_taken(next(places), headers, batch):
                assert time.monotonic() < give_up, "the server did not come back"
            note(file, batch)


def _is_taken(address: str, headers: dict[str, str], batch: list[Json]) -> bool:
    connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        connection.request("POST", "/v1/batch", json.dumps({"batch": batch}), headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException):
        time.sleep(0.05)
        return False
    finally:
        connection.close()
    if answer.status == 200:
        found = json.loads(body)
        assert (found["taken"] + found["repeated"], found["quarantined"]) == (len(batch), 0), found
        return True
    assert answer.status in (429, 503), body
    time.sleep(int(answer.headers["Retry-After"]))
    return False


def send_by_segment(key: str, sent: list[Json], acknowledged: Path, address: str) -> None:
    """Give everything to Segment's client, and wait until it has sent it."""
    from segment.analytics import request
    from segment.analytics.client import Client

    failed: list[Exception] = []
    with acknowledged.open("a") as file:

        def seen(response: Any, *_: object, **__: object) -> None:
            if response.status_code == 200:
                note(file, json.loads(response.request.body)["batch"])

        request._session.hooks["response"].append(seen)
        client = Client(
            key, host=address, upload_size=BATCH, upload_interval=0.05,
            on_error=lambda error, _: failed.append(error),
        )  # fmt: skip
        for message in sent:
            _say(client, message)
        client.flush()
        client.shutdown()
    assert not failed, failed


def _say(client: Any, message: Json) -> None:
    about: Json = {"message_id": message["messageId"]}
    about["timestamp"] = datetime.fromisoformat(message["timestamp"])
    user, visitor = message.get("userId"), message.get("anonymousId")
    kind = message["type"]
    if kind == "alias":
        client.alias(message["previousId"], user, **about)
    elif kind == "group":
        client.group(user, message["groupId"], message["traits"], **about)
    elif kind == "identify":
        client.identify(user, message["traits"], anonymous_id=visitor, **about)
    elif kind == "page":
        client.page(user, properties=message["properties"], anonymous_id=visitor, **about)
    else:
        client.track(user, message["event"], message["properties"], anonymous_id=visitor, **about)


def note(file: Any, batch: list[Json]) -> None:
    """Write down that a batch is acknowledged."""
    file.write("".join(f"{message['messageId']}\n" for message in batch))
    file.flush()


def main(words: Sequence[str]) -> None:
    """Send everything."""
    kind, name, count, now, key, path, *places = words
    sent = list(messages(name, int(count), datetime.fromisoformat(now)))
    if kind == "segment":
        send_by_segment(key, sent, Path(path), places[0])
    else:
        send_plainly(key, sent, Path(path), places)


if __name__ == "__main__":
    main(sys.argv[1:])
