"""The process that learns: one line says what to do, lines are answered, and then it ends.

Here alone the server's code makes numbers: the packages that learn are loaded in this process.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from threading import Thread
from typing import IO, Final

import msgspec

from tamis.errors import UserError
from tamis.server.learning.jobs import (
    ChallengeJob,
    Failed,
    Job,
    Result,
    Said,
    Stage,
    TrainJob,
)

NICE: Final = 10
"""By how much others go before."""


def main() -> None:
    """Do the job that comes in, and say what became of it."""
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a package prints is no answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()

    def say(stage: str, share: float) -> None:
        _write(out, Stage(stage, share))

    try:
        found: Said = _done(job, say)
    except UserError as error:
        found = Failed("; ".join(line.strip() for line in str(error).splitlines()))
    except MemoryError:
        found = Failed("there is not memory enough to learn from so many leads")
    _write(out, found)


def _done(job: Job, say: object) -> Result:
    from tamis.server.learning import looking, training  # noqa: PLC0415 (after `nice`)

    assert callable(say)
    if isinstance(job, TrainJob):
        return training.train(job, say)
    if isinstance(job, ChallengeJob):
        return looking.challenged(job, say)
    return looking.looked(job, say)


def _write(out: IO[bytes], said: Said) -> None:
    from tamis.predict.watchable import plain  # noqa: PLC0415 (after `nice`)

    out.write(msgspec.json.encode(said, enc_hook=plain) + b"\n")
    out.flush()


def _end_with(pipe: int) -> None:
    """End when nobody waits any more: whoever asked holds the pipe open."""
    # Not by the stream: who reads it holds a lock, which Python wants at its end.
    while os.read(pipe, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
