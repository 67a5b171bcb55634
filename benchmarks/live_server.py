"""How fast the live server takes events and scores them, beside a plain insert of the same rows.

    python -m benchmarks.live_server [--store URL] [--before 1000000] [--seconds 20]

Prints: events a second acknowledged and scored, in batches of 100 from eight connections; how long
one event takes at a hundred a second; the memory of the server after a tenth and after all of the
events stored before. The load comes from this machine too. `--store` is a file for SQLite (made
anew) or the URL of an empty PostgreSQL database. Rates are of one run; the ratio to a plain insert
into the same database is what can be compared between machines.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from tamis.server.store.database import Database

MODEL = "src/tamis/model/templates/b2c.yaml"
EVENTS = ("page_view", "cart_add", "email_click", "email_open", "session_start", "purchase")
PEOPLE = 100_000
BATCH = 100
CONNECTIONS = 8
TAMIS = (sys.executable, "-c", "from tamis.__main__ import main; main()")


def event(number: int, rnd: random.Random) -> dict[str, object]:
    """A call of a client, of one of many people, of the last weeks."""
    at = time.mktime(time.gmtime()) - rnd.random() * 40 * 86_400
    return {
        "type": "track",
        "messageId": f"{os.getpid()}-{number}",
        "userId": f"person-{rnd.randrange(PEOPLE)}",
        "event": rnd.choice(EVENTS),
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "properties": {"url": "/delivery", "price": 20},
    }


class Client:
    """One connection that stays open."""

    def __init__(self, address: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc)
        secret = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}

    def send(self, path: str, body: bytes) -> int:
        """Post; gives the status."""
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status


def batches(seed: int, number: int) -> list[bytes]:
    """Bodies of batches, made before the clock runs."""
    rnd = random.Random(f"{os.getpid()} {seed}")
    made = []
    for place in range(number):
        calls = [event(place * BATCH + n, rnd) for n in range(BATCH)]
        made.append(json.dumps({"batch": calls}).encode())
    return made


def push(address: str, key: str, seed: int, seconds: float, answers: Queue[Any]) -> None:
    """Send batches for some seconds; tell how many were acknowledged, and how long it took."""
    bodies = batches(seed, int(seconds * 60))
    client = Client(address, key)
    started, taken = time.perf_counter(), 0
    for body in bodies:
        while (status := client.send("/v1/batch", body)) == 429:
            time.sleep(0.05)
        assert status == 200, status
        taken += BATCH
        if time.perf_counter() - started > seconds:
            break
    answers.put((taken, time.perf_counter() - started))


def throughput(address: str, key: str, seconds: float) -> float:
    """Events a second, acknowledged and scored, from several connections at once."""
    answers: Queue[tuple[int, float]] = Queue()
    workers = [
        Process(target=push, args=(address, key, seed, seconds, answers))
        for seed in range(CONNECTIONS)
    ]
    for worker in workers:
        worker.start()
    found = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(taken / took for taken, took in found)


def one_at_a_time(address: str, key: str, rate: int, seconds: float) -> list[float]:
    """Milliseconds of each single event, sent at a steady rate from eight connections in turn."""
    answers: Queue[list[float]] = Queue()
    share = 8
    workers = [
        Process(target=_singles, args=(address, key, seed, rate / share, seconds, answers))
        for seed in range(share)
    ]
    for worker in workers:
        worker.start()
    found = [one for _ in workers for one in answers.get()]
    for worker in workers:
        worker.join()
    return sorted(found)


def _singles(  # noqa: PLR0917 (a process of its own is given them in order)
    address: str, key: str, seed: int, rate: float, seconds: float, answers: Queue[Any]
) -> None:
    rnd = random.Random(f"{os.getpid()} {seed}")
    bodies = [json.dumps(event(n, rnd)).encode() for n in range(int(rate * seconds))]
    client, took = Client(address, key), []
    started = time.perf_counter() + seed / rate / 8
    for place, body in enumerate(bodies):
        due = started + place / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        status = client.send("/v1/track", body)
        assert status == 200, status
        # From when it was due: one who waits for the answer before is late, and that counts.
        took.append((time.perf_counter() - due) * 1000)
    answers.put(took)


def plain_insert(url: str, rows: int) -> float:
    """Events a second by an insert of the same rows in transactions of 100, and nothing else."""
    database = Database(url)
    engine = database.engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS plain"))
        connection.execute(
            text(
                "CREATE TABLE plain (message_id text PRIMARY KEY, person text, event text, "
                "at bigint, properties text)"
            )
        )
    rnd = random.Random(7)
    made = [event(n, rnd) for n in range(rows)]
    given = [
        {
            "m": one["messageId"], "p": one["userId"], "e": one["event"], "a": n,
            "j": json.dumps(one["properties"]),
        }
        for n, one in enumerate(made)
    ]  # fmt: skip
    statement = text("INSERT INTO plain VALUES (:m, :p, :e, :a, :j)")
    started = time.perf_counter()
    for place in range(0, rows, BATCH):
        with engine.begin() as connection:
            connection.execute(statement, given[place : place + BATCH])
    rate = rows / (time.perf_counter() - started)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE plain"))
    database.close()
    return rate


def tamis(*arguments: str, store: str) -> str:
    """What a command prints."""
    ran = subprocess.run(
        [*TAMIS, *arguments], env={**os.environ, "TAMIS_STORE": store}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


def started(store: str) -> tuple[subprocess.Popen[str], str]:
    """A server, and its address."""
    server = subprocess.Popen(
        [*TAMIS, "serve", "--port", "0"], env={**os.environ, "TAMIS_STORE": store},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    address = server.stdout.readline().split()[-1]
    return server, address


def megabytes(process: int) -> float:
    """The resident memory of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def events_file(folder: Path, number: int) -> Path:
    """Calls in a file, for `tamis import`."""
    path, rnd = folder / f"events-{number}.jsonl", random.Random(5)
    with path.open("w") as file:
        for n in range(number):
            made = event(n, rnd)
            made["messageId"] = f"before-{number}-{n}"
            file.write(json.dumps(made) + "\n")
    return path


def ready(store: str) -> str:
    """A store with a model and a key; gives the key."""
    server, _ = started(store)
    server.terminate()
    server.wait()
    tamis("user", "add", "ann", "--role", "admin", "--name", "Ann", store=store)
    tamis("models", "add", MODEL, "--activate", "--now", "--as", "ann", store=store)
    return tamis("key", "add", "bench", "--scope", "ingest", "--quiet", store=store)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", default="")
    parser.add_argument("--before", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        store = given.store or str(folder / "tamis.db")
        key = ready(store)
        if given.before:
            started_at = time.perf_counter()
            tamis("import", str(events_file(folder, given.before)), store=store)
            took = time.perf_counter() - started_at
            print(f"before: {given.before} events in {took:.0f} s", flush=True)
        server, address = started(store)
        try:
            throughput(address, key, 3)
            rate = throughput(address, key, given.seconds)
            singles = one_at_a_time(address, key, 100, given.seconds)
            memory = megabytes(server.pid)
        finally:
            server.terminate()
            server.wait()
        plain = plain_insert(store, 20_000)
        p50, p99 = statistics.median(singles), singles[int(len(singles) * 0.99)]
        print(f"batches of {BATCH}: {rate:.0f} events/s")
        print(f"plain insert: {plain:.0f} rows/s, {plain / rate:.1f} times")
        print(
            f"one at a time, 100/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {singles[-1]:.0f} ms"
        )
        print(f"memory of the server: {memory:.0f} MB")


if __name__ == "__main__":
    main()
