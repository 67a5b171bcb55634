"""A real cluster of Spark on this machine: a master and workers, each a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

HOST = "127.0.0.1"
JAVA = 17
DEADLINE = 120.0
"""Seconds after which what has not happened will not happen."""


@dataclass
class Cluster:
    """A standalone master and its workers, of one core each; `webs` are the workers' pages.

    `memory` is what a worker has to give to executors.
    """

    folder: Path
    port: int
    web: int
    webs: tuple[int, ...]
    memory: str = "700m"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def master(self) -> str:
        """What `--master` takes."""
        return f"spark://{HOST}:{self.port}"

    def start(self) -> None:
        """Start all and wait until the master knows every worker."""
        ports = ("--port", str(self.port), "--webui-port", str(self.web))
        self._launch("master", "deploy.master.Master", *ports)
        until(lambda: self.state() is not None)
        for number, web in enumerate(self.webs):
            self._launch(
                f"worker-{number}",
                "deploy.worker.Worker",
                *("--webui-port", str(web), "--cores", "1", "--memory", self.memory),
                *("--work-dir", str(self.folder / f"work-{number}")),
                self.master,
            )
        until(lambda: (self.state() or {}).get("aliveworkers") == len(self.webs))

    def state(self) -> dict[str, Any] | None:
        """What the master says of itself; None when it does not answer."""
        return answer(f"http://{HOST}:{self.web}/json/")

    def signal(self, name: str, sign: signal.Signals) -> None:
        """Send a signal to a process and to all that it started."""
        os.killpg(self.processes[name].pid, sign)

    def kill(self, name: str) -> None:
        """End a process and all that it started, at once and without a word."""
        self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self) -> None:
        """End what still runs."""
        for name in list(self.processes):
            self.kill(name)

    def _launch(self, name: str, class_: str, *arguments: str) -> None:
        found = find_spec("pyspark")
        assert found
        assert found.origin
        program = Path(found.origin).parent / "bin" / "spark-class"
        command = [str(program), f"org.apache.spark.{class_}", "--host", HOST]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [*command, *arguments],
                stdout=log,
                stderr=log,
                env=os.environ | {"SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1"},
                start_new_session=True,
            )


@contextmanager
def cluster(folder: Path, workers: int = 2, *, memory: str = "700m") -> Iterator[Cluster]:
    """A cluster that is there as long as the block runs; `memory` is that of each worker."""
    webs = tuple(free_port() for _ in range(workers))
    found = Cluster(folder, free_port(), free_port(), webs, memory)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def missing() -> str:
    """Why Spark cannot be tried here; empty when it can."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed"
    java = Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    found = shutil.which(java)
    said = subprocess.run([found, "-version"], capture_output=True, check=False) if found else None
    version = re.search(rb'version "(\d+)', said.stderr) if said else None
    if version and int(version[1]) >= JAVA:
        return ""
    return f"Spark needs Java {JAVA} or newer"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
        return port


def answer(url: str) -> Any:
    """What an address answers, read as JSON; None when it does not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return json.load(response)
    except (OSError, ValueError):
        return None


def until(holds: Callable[[], bool]) -> None:
    """Ask until it holds. Raises: TimeoutError when it never does."""
    pause = Event()
    for _ in range(int(DEADLINE / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    message = "what was waited for did not happen"
    raise TimeoutError(message)
